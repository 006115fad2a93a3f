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


def read_all(router: Router, menu: str, name: str) -> list[list[str]]:
    return [words for words in say(router, f"{menu}/print", f"?name={name}") if words[0] == "!re"]


PORTS = "failure: ports can be specified if proto is tcp,udp,udp-lite,dccp,sctp"
AMBIGUOUS = "more than one possible value matches input"
NOT_MUCH = (
    "!local,!telnet,!ssh,!ftp,!reboot,read,!write,!policy,!test,!winbox,!password,!web,!sniff,!sensitive,api,"
    "!romon,!rest-api"
)
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
        (["/ip/hotspot/user/add"], "missing value(s) of argument(s) name"),
        (["/ip/hotspot/user/add", "=name=a", "=shared-users=2"], "unknown parameter shared-users"),
        (["/ip/hotspot/user/add", "=name=a", "=profile=fast"], "input does not match any value of profile"),
        (["/ip/hotspot/user/add", "=name=a", "=server=plaza"], "input does not match any value of server"),
        (["/ip/hotspot/user/unset", "=.id=*0", "=value-name=address"], "no such command"),
        (["/ip/hotspot/user/remove", "=.id=default-trial"], "failure: can not remove builtin item"),
        (["/ip/hotspot/user/profile/enable", "=.id=*0"], "no such command"),
        (["/ip/hotspot/active/disable", "=.id=*1"], "no such command"),
        (["/ip/hotspot/comment", "=.id=*1", "=comment=x"], "no such command"),
        (["/ip/hotspot/ip-binding/add", "=type=open"], "input does not match any value of type"),
        (["/ip/dhcp-server/add", "=name=a"], "missing value(s) of argument(s) interface"),
        (["/ip/dhcp-server/lease/add", "=mac-address=02"], "invalid value of mac-address, mac address required"),
        (["/ip/dhcp-server/lease/add", "=address=10.0.0"], "invalid value for argument address"),
        (["/ip/dhcp-server/lease/add", "=server=nope"], "input does not match any value of server"),
        (["/ip/arp/add", "=address=10.0.0.5"], "missing value(s) of argument(s) interface"),
        (["/ip/arp/unset", "=.id=*1", "=value-name=comment"], "no such command"),
        (["/ip/firewall/filter/add", "=action=drop"], "missing value(s) of argument(s) chain"),
        (["/ip/firewall/filter/add", "=chain=forward", "=action=cut"], "input does not match any value of action"),
        (["/ip/firewall/filter/add", "=chain=forward", "=dst-port=80"], PORTS),
        (["/ip/firewall/nat/add", "=chain=dstnat", "=random=0"], "value of random out of range (1..99)"),
        (["/ip/firewall/address-list/add", "=list=a", "=place-before=*1"], "unknown parameter place-before"),
        (["/ip/firewall/address-list/add", "=list=a", "=timeout=soon"], "invalid value for argument timeout"),
        (["/queue/type/add", "=name=a"], "missing value(s) of argument(s) kind"),
        (["/queue/type/remove", "=.id=default"], "failure: can not remove builtin item"),
        (["/user/add", "=name=a", "=group=read"], "missing value(s) of argument(s) password"),
        (["/user/group/add", "=name=a", "=policy=read,fly"], "input does not match any value of policy"),
        (["/system/clock/set", "=time-zone-name=Mars/Olympus"], "input does not match any value of time-zone-name"),
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
        (
            "/ip/hotspot/user",
            {"name": "ana", "server": "all"},
            "failure: already have user with this name for this server",
        ),
        ("/ip/dhcp-server", {"name": "a", "interface": "ether2"}, "failure: server with such name already exists"),
        ("/ip/dhcp-server/network", {"address": "10.0.0.0/24"}, "failure: such network already exists"),
        (
            "/ip/dhcp-server/lease",
            {"mac-address": "02:00:00:00:00:01"},
            "failure: already have static lease for this client",
        ),
        (
            "/ip/dhcp-server/lease",
            {"address": "10.0.0.5"},
            "failure: already have static lease with this IP address",
        ),
        ("/ip/dns/static", {"name": "portal.lan", "address": "10.0.0.1"}, "failure: entry already exists"),
        ("/user/group", {"name": "monitor"}, "failure: group with the same name already exists"),
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
        ("/ip/hotspot/user", {"name": "a", "mac_address": "02-aa-00-00-00-01"}, {"mac-address": "02:AA:00:00:00:01"}),
        ("/ip/hotspot/user", {"name": "a"}, {"profile": "default", "uptime": "0s", "bytes-in": "0"}),
        ("/ip/hotspot/user/profile", {"name": "p"}, {"shared-users": "1", "idle-timeout": "none", "default": "false"}),
        ("/ip/hotspot/ip-binding", {"address": "10.0.0.0-10.0.0.255"}, {"address": "10.0.0.0/24", "bypassed": "false"}),
        (
            "/ip/dhcp-server/lease",
            {"address": "10.0.0.5"},
            {"status": "waiting", "last-seen": "never", "blocked": "false"},
        ),
        ("/ip/arp", {"interface": "ether2"}, {"address": "0.0.0.0", "mac-address": "00:00:00:00:00:00"}),
        ("/ip/arp", {"interface": "ether2"}, {"published": "false", "dynamic": "false", "complete": "false"}),
        (
            "/ip/firewall/filter",
            {"chain": "forward", "src_address": "!10.0.0.5/32", "in_interface": "!ether1"},
            {"src-address": "!10.0.0.5", "in-interface": "!ether1", "action": "accept", "log": "false"},
        ),
        (
            "/ip/firewall/nat",
            {
                "chain": "dstnat",
                "action": "dst-nat",
                "protocol": "tcp",
                "dst_port": "80,443",
                "to_addresses": "10.0.0.1",
            },
            {"dst-port": "80,443", "to-addresses": "10.0.0.1"},
        ),
        ("/queue/type", {"name": "t", "kind": "pcq", "pcq_limit": "50KiB"}, {"pcq-limit": "50KiB", "default": "false"}),
        ("/user/group", {"name": "g", "policy": "read,api"}, {"policy": NOT_MUCH}),
        ("/user", {"name": "u", "group": "read", "password": "x", "address": "10.0.0.5"}, {"address": "10.0.0.5/32"}),
    ],
)
def test_values_read_back_as_a_router_writes_them(
    device: Router, menu: str, given: dict[str, str], shown: dict[str, str]
) -> None:
    row = read(device, menu, add(device, menu, **given))
    assert shown.items() <= row.items()


@pytest.mark.parametrize(
    ("menu", "given", "absent"),
    [
        ("/ip/hotspot/user", {"name": "a", "server": "all", "email": ""}, {"server", "email", "address", "comment"}),
        (
            "/ip/dhcp-server/lease",
            {"server": "all"},
            {"server", "address", "mac-address", "active-address", "host-name"},
        ),
        ("/ip/firewall/filter", {"chain": "forward"}, {"src-address", "protocol", "jump-target", "comment"}),
        ("/ip/firewall/address-list", {"list": "l"}, {"timeout"}),
        ("/user", {"name": "u", "group": "read", "password": "x"}, {"password"}),
    ],
)
def test_what_says_nothing_is_not_printed(device: Router, menu: str, given: dict[str, str], absent: set[str]) -> None:
    assert not absent & read(device, menu, add(device, menu, **given)).keys()


def test_the_same_name_may_be_at_two_servers(device: Router) -> None:
    for name in ("plaza", "park"):
        add(device, "/ip/hotspot", name=name, interface="ether3")
        add(device, "/ip/hotspot/user", name="ana", server=name)
    assert refusal(device, "/ip/hotspot/user/set", "=.id=ana", "=server=park").startswith("failure: already have user")


def test_a_lease_of_one_address_is_one_at_any_server_and_of_one_device_at_each(device: Router) -> None:
    for name, interface in (("home", "ether2"), ("shop", "ether3")):
        add(device, "/ip/dhcp-server", name=name, interface=interface)
    lease = {"mac_address": "02:00:00:00:00:01"}
    add(device, "/ip/dhcp-server/lease", **lease, server="home", address="10.0.0.5")
    add(device, "/ip/dhcp-server/lease", **lease, server="shop", address="10.0.0.6")
    words = ("=mac-address=02:00:00:00:00:02", "=server=shop", "=address=10.0.0.5")
    assert refusal(device, "/ip/dhcp-server/lease/add", *words).endswith("with this IP address")


def test_when_one_of_several_rows_is_refused_none_is_changed(device: Router) -> None:
    first, second = (add(device, "/queue/simple", name=name, target="10.0.0.5") for name in ("ana", "eva"))
    assert (
        refusal(device, "/queue/simple/set", f"=.id={first},{second}", "=name=leo") == "failure: already have such name"
    )
    assert [read(device, "/queue/simple", row)["name"] for row in (first, second)] == ["ana", "eva"]


def test_a_name_is_free_again_when_its_row_is_gone_or_renamed(device: Router) -> None:
    add(device, "/ppp/secret", name="ana")
    say(device, "/ppp/secret/set", "=.id=ana", "=name=eva")
    add(device, "/ppp/secret", name="ana")
    say(device, "/ppp/secret/remove", "=.id=eva")
    add(device, "/ppp/secret", name="eva")
    assert (
        refusal(device, "/ppp/secret/set", "=.id=eva", "=name=ana")
        == "failure: secret with the same name already exists"
    )


def test_an_empty_number_means_no_row(device: Router) -> None:
    row = add(device, "/ip/dns/static", regexp="portal", address="10.0.0.1")
    say(device, "/ip/dns/static/remove", "=.id=")
    assert read(device, "/ip/dns/static", row)["regexp"] == "portal"


def test_how_long_a_cookie_lasts_says_that_there_is_one(device: Router) -> None:
    row = add(device, "/ip/hotspot/user/profile", name="p", add_mac_cookie="no")
    assert read(device, "/ip/hotspot/user/profile", row)["add-mac-cookie"] == "false"
    say(device, "/ip/hotspot/user/profile/set", f"=.id={row}", "=mac-cookie-timeout=1d")
    assert read(device, "/ip/hotspot/user/profile", row)["add-mac-cookie"] == "true"


def test_a_query_may_look_at_what_is_not_to_be_printed(device: Router) -> None:
    for name, disabled in (("ana", "yes"), ("eva", "no")):
        add(device, "/ppp/secret", name=name, disabled=disabled)
    words = ("=.proplist=name", "?disabled=no", "?-comment", "?>name=b", "?#&&")
    assert say(device, "/ppp/secret/print", *words)[0] == ["!re", "=name=eva"]
    assert say(device, "/ppp/secret/print", *words, "=count-only=") == [["!done", "=ret=1"]]


def test_rules_keep_their_order(device: Router) -> None:
    rules = "/ip/firewall/filter"
    drop, accept = (add(device, rules, chain="forward", comment=comment) for comment in ("drop", "accept"))
    first = add(device, rules, chain="forward", comment="first", place_before=drop)
    say(device, f"{rules}/move", f"=numbers={drop}", "=destination=")
    assert [row.id for row in device.table(rules).rows] == [first, accept, drop]


def test_a_group_with_users_stays(device: Router) -> None:
    group = add(device, "/user/group", name="monitor", policy="read,api")
    add(device, "/user", name="eva", group="monitor", password="x")
    assert refusal(device, "/user/group/remove", f"=.id={group}") == "failure: group has some users"
    say(device, "/user/remove", "=.id=eva")
    say(device, "/user/group/remove", f"=.id={group}")
    assert read_all(device, "/user/group", "monitor") == []


def test_a_removed_server_dangles_in_its_users(device: Router) -> None:
    server = add(device, "/ip/hotspot", name="plaza", interface="ether3")
    user = add(device, "/ip/hotspot/user", name="ana", server="plaza")
    say(device, "/ip/hotspot/remove", f"=.id={server}")
    assert read(device, "/ip/hotspot/user", user)["server"] == "*1"


def test_the_clock_can_be_turned_and_moved(device: Router) -> None:
    say(device, "/system/clock/set", "=date=2020-02-29", "=time=23:15:00", "=time-zone-name=America/Bogota")
    (shown, _) = say(device, "/system/clock/print")
    assert {"=date=2020-02-29", "=gmt-offset=-05:00", "=time-zone-name=America/Bogota"} <= set(shown)


def test_an_entry_with_a_timeout_is_dynamic_and_counts_down(device: Router) -> None:
    entries = "/ip/firewall/address-list"
    entry = add(device, entries, list="cut", address="10.0.0.5", timeout="1d")
    shown = read(device, entries, entry)
    assert shown["dynamic"] == "true" and shown["timeout"] in ("1d", "23h59m59s")
    assert device.table(entries).dump()["rows"] == []
    say(device, f"{entries}/set", f"=.id={entry}", "=timeout=0s")
    assert say(device, f"{entries}/print")[0] == ["!empty"]
    add(device, entries, list="cut", address="10.0.0.5")


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
