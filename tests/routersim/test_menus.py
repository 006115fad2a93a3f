"""The menus: what is refused, in which words, and how values read back."""

from __future__ import annotations

import pytest

from routersim.router import Command, Router


@pytest.fixture
def device() -> Router:
    return Router("norte", "7.18.2", "alta", "x")


def say(router: Router, command: str, *words: str) -> list[list[str]]:
    return router.answer(Command.parse([command, *words]), "alta")


def refusal(router: Router, command: str, *words: str) -> str:
    reply = say(router, command, *words)
    assert reply[0][0] == "!trap" and reply[1] == ["!done"]
    return reply[0][-1].removeprefix("=message=")


def add(router: Router, menu: str, **values: str) -> str:
    (done,) = say(router, f"{menu}/add", *(f"={name.replace('_', '-')}={value}" for name, value in values.items()))
    return done[1].removeprefix("=ret=")


def read(router: Router, menu: str, row: str) -> dict[str, str]:
    reply = say(router, f"{menu}/print", f"?.id={row}")
    return dict(word[1:].split("=", 1) for word in reply[0][1:])


AMBIGUOUS = "more than one possible value matches input"
QUEUE = ("/queue/simple/add", "=name=ana", "=target=10.0.0.5")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([*QUEUE, "=speed=1"], "unknown parameter speed"),
        ([*QUEUE, "=where=1"], "unknown parameter where"),
        (["/queue/simple/add", "=name=ana"], "missing value(s) of argument(s) target"),
        (["/queue/simple/add", "=target=10.0.0.555"], "invalid value for argument target"),
        (["/queue/simple/add", "=target=nowhere"], "input does not match any value of target"),
        ([*QUEUE, "=parent=nobody"], "input does not match any value of parent"),
        ([*QUEUE, "=queue=nope/nope"], "input does not match any value of queue"),
        ([*QUEUE, "=priority=9/9"], "value of priority out of range (1..8)"),
        ([*QUEUE, "=priority=1"], "expected value of download-priority"),
        ([*QUEUE, "=max-limit=fast/slow"], "invalid value for argument max-limit"),
        ([*QUEUE, "=max-limit=1M/1M", "=limit-at=2M/1M"], "failure: upload-max-limit less than upload-limit"),
        ([*QUEUE, "=max-limit=2M/1M", "=limit-at=2M/2M"], "failure: download-max-limit less than download-limit"),
        ([*QUEUE, "=disabled=perhaps"], "input does not match any value of disabled"),
        (["/ppp/secret/add"], "missing value(s) of argument(s) name"),
        (["/ppp/secret/add", "=name=a", "=profile=fast"], "input does not match any value of profile"),
        (["/ppp/secret/add", "=name=a", "=service=isdn"], "input does not match any value of service"),
        (["/ppp/secret/add", "=name=a", "=remote-address="], "input does not match any value of pool"),
        (["/ppp/secret/add", "=name=a", "=profile="], f"ambiguous value of profile, {AMBIGUOUS}"),
        (["/ppp/secret/set", "=name=a"], "missing =.id="),
        (["/ppp/secret/set", "=.id=*99", "=name=a"], "no such item"),
        (["/ppp/secret/remove", "=.id=nobody"], "no such item"),
        (["/ppp/secret/unset", "=.id=*99", "=value-name=x"], "no such item"),
        (["/ppp/profile/enable", "=.id=*0"], "no such command"),
        (["/ppp/active/add", "=name=a"], "no such command"),
        (["/ppp/nothing/print"], "no such command prefix"),
        (["/ppp/profile/remove", "=.id=default"], "failure: can not remove builtin item"),
        (["/ip/pool/add", "=ranges=ten"], "value of range expects range of ip addresses"),
        (["/ip/pool/add", "=ranges=ten-10.0.0.9"], "value of range must have ip address before '-'"),
        (["/ip/pool/add", "=ranges=10.0.0.1-nine"], "value of range must have ip address after '-'"),
        (["/ip/address/add", "=address=10.0.0.1/24"], "missing value(s) of argument(s) interface"),
        (["/ip/address/add", "=address=10.0.0.1", "=interface=wlan9"], "input does not match any value of interface"),
        (["/interface/add", "=name=x"], "no such command"),
        (["/interface/set", "=.id=ether1", "=type=x"], "unknown parameter type"),
        (["/system/resource/print", "=where=1"], "unknown parameter where"),
    ],
)  # fmt: skip
def test_refusals_are_worded_as_a_router_words_them(device: Router, words: list[str], text: str) -> None:
    before = {path: table.dump() for path, table in device.tables.items()}
    assert refusal(device, *words) == text
    assert {path: table.dump() for path, table in device.tables.items()} == before


@pytest.mark.parametrize(
    ("menu", "row", "text"),
    [
        ("/queue/simple", {"name": "ana", "target": "10.0.0.5"}, "failure: already have such name"),
        ("/ppp/secret", {"name": "ana"}, "failure: secret with the same name already exists"),
        ("/ppp/profile", {"name": "fast"}, "failure: profile with the same name already exists"),
        ("/ip/pool", {"name": "p", "ranges": "10.0.0.1"}, "failure: pool with such name exists"),
        ("/ip/address", {"address": "10.0.0.1/24", "interface": "ether1"}, "failure: already have such address"),
        ("/ip/firewall/address-list", {"list": "cut", "address": "10.0.0.5"}, "failure: already have such entry"),
        ("/user", {"name": "eva", "group": "read", "password": "x"}, "failure: user with the same name already exists"),
    ],
)
def test_duplicates_are_refused(device: Router, menu: str, row: dict[str, str], text: str) -> None:
    add(device, menu, **row)
    assert refusal(device, f"{menu}/add", *(f"={name}={value}" for name, value in row.items())) == text


def test_a_disabled_twin_may_be_in_an_address_list(device: Router) -> None:
    add(device, "/ip/firewall/address-list", list="cut", address="10.0.0.5")
    twin = add(device, "/ip/firewall/address-list", list="cut", address="10.0.0.5/32", disabled="yes")
    assert refusal(device, "/ip/firewall/address-list/enable", f"=.id={twin}") == "failure: already have such entry"


@pytest.mark.parametrize(
    ("menu", "given", "shown"),
    [
        ("/queue/simple", {"name": "a", "target": "10.0.0.5"}, {"target": "10.0.0.5/32", "max-limit": "0/0"}),
        ("/queue/simple", {"target": "ether2,10.1.0.0/16"}, {"target": "ether2,10.1.0.0/16", "name": "queue1"}),
        ("/queue/simple", {"target": "10.0.0.5", "max_limit": "2M/512k"}, {"max-limit": "2000000/512000"}),
        ("/queue/simple", {"target": "10.0.0.5", "burst_time": "60/24:00:00"}, {"burst-time": "1m/1d"}),
        ("/queue/simple", {"target": "10.0.0.5"}, {"queue": "default-small/default-small", "disabled": "false"}),
        ("/ppp/secret", {"name": "a"}, {"profile": "default", "service": "any", "password": ""}),
        ("/ppp/secret", {"name": "a", "disabled": "yes", "password": "no"}, {"disabled": "true", "password": "no"}),
        ("/ppp/profile", {"name": "p", "rate_limit": "2M/10M"}, {"rate-limit": "2M/10M", "default": "false"}),
        ("/ppp/profile", {"name": "p", "idle_timeout": "60m"}, {"idle-timeout": "1h"}),
        ("/ip/pool", {"ranges": "10.0.0.1-10.0.0.9"}, {"name": "pool1", "total": "9", "next-pool": "none"}),
        ("/ip/firewall/address-list", {"list": "l", "address": "10.0.0.5/32"}, {"address": "10.0.0.5"}),
        (
            "/ip/firewall/address-list",
            {"list": "l", "address": "192.168.0.0-192.168.1.255"},
            {"address": "192.168.0.0/23"},
        ),
        ("/ip/firewall/address-list", {"list": "l", "timeout": "1d"}, {"dynamic": "true"}),
        ("/ip/address", {"address": "10.0.0.1/24", "interface": "ether1"}, {"network": "10.0.0.0"}),
    ],
)
def test_values_read_back_as_a_router_writes_them(
    device: Router, menu: str, given: dict[str, str], shown: dict[str, str]
) -> None:
    row = read(device, menu, add(device, menu, **given))
    assert shown.items() <= row.items()


def test_an_empty_comment_disappears(device: Router) -> None:
    row = add(device, "/ppp/secret", name="ana", comment="x")
    assert read(device, "/ppp/secret", row)["comment"] == "x"
    say(device, "/ppp/secret/set", f"=.id={row}", "=comment=")
    assert "comment" not in read(device, "/ppp/secret", row)


def test_references_are_completed_follow_a_renaming_and_dangle_after_a_removal(device: Router) -> None:
    profile = add(device, "/ppp/profile", name="alta-10M-2M")
    secret = add(device, "/ppp/secret", name="ana", profile="alta-10M")
    assert read(device, "/ppp/secret", secret)["profile"] == "alta-10M-2M"
    say(device, "/ppp/profile/set", f"=.id={profile}", "=name=renamed")
    assert read(device, "/ppp/secret", secret)["profile"] == "renamed"
    say(device, "/ppp/profile/remove", f"=.id={profile}")
    assert read(device, "/ppp/secret", secret)["profile"] == profile


def test_parameters_can_be_unset_both_ways(device: Router) -> None:
    first, second = (add(device, "/ppp/secret", name=n, remote_address="10.0.0.5") for n in ("ana", "eva"))
    say(device, "/ppp/secret/set", f"=.id={first}", "=!remote-address=")
    say(device, "/ppp/secret/unset", f"=.id={second}", "=value-name=remote-address")
    for row in (first, second):
        assert "remote-address" not in read(device, "/ppp/secret", row)


def test_rows_are_found_by_id_by_name_and_in_lists(device: Router) -> None:
    first, second = (add(device, "/queue/simple", name=n, target="10.0.0.5") for n in ("ana", "Peña, Eva"))
    say(device, "/queue/simple/disable", "=numbers=Peña, Eva")
    assert read(device, "/queue/simple", second)["disabled"] == "true"
    say(device, "/queue/simple/remove", f"=.id={first},{second}")
    assert say(device, "/queue/simple/print")[0] == ["!empty"]


def test_ids_are_not_given_twice(device: Router) -> None:
    first = add(device, "/queue/simple", name="a", target="10.0.0.5")
    say(device, "/queue/simple/remove", f"=.id={first}")
    assert add(device, "/queue/simple", name="a", target="10.0.0.5") != first


def test_queues_keep_their_order_and_can_be_moved(device: Router) -> None:
    rows = [add(device, "/queue/simple", name=n, target="10.0.0.5") for n in "abc"]
    say(device, "/queue/simple/move", f"=numbers={rows[2]}", f"=destination={rows[0]}")
    say(device, "/queue/simple/add", "=name=d", "=target=10.0.0.5", f"=place-before={rows[0]}")
    names = [row.values["name"] for row in device.table("/queue/simple").rows]
    assert names == ["c", "d", "a", "b"]


def test_users_do_what_their_group_may(device: Router) -> None:
    add(device, "/user", name="eva", group="read", password="x")
    assert device.may_log_in("eva", "x")
    reply = device.answer(Command.parse(["/queue/simple/add", "=target=10.0.0.5"]), "eva")
    assert reply[0] == ["!trap", "=message=not enough permissions (9)"]
    assert device.answer(Command.parse(["/ppp/secret/print"]), "eva") == [["!empty"], ["!done"]]


def test_passwords_need_the_sensitive_policy_and_logins_the_api_policy(device: Router) -> None:
    add(device, "/ppp/secret", name="ana", password="hidden")
    add(device, "/user/group", name="monitor", policy="read,api")
    add(device, "/user/group", name="local", policy="read,write")
    add(device, "/user", name="eva", group="monitor", password="")
    add(device, "/user", name="leo", group="local", password="")
    printed = device.answer(Command.parse(["/ppp/secret/print"]), "eva")
    assert not any(word.startswith("=password=") for word in printed[0])
    assert not device.may_log_in("leo", "")
