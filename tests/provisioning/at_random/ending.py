"""How it must end, whatever happened: the faults are over, staff do what they are told is to be done, all is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from services.provisioning.modes import OWNED_MENUS
from tests.provisioning.at_random.clients import ACTIVE, FAILED, GONE, LEFT, NEVER, Client
from tests.provisioning.at_random.desired import PROFILES, desired, short, speeds
from tests.provisioning.at_random.routers import Row
from tests.provisioning.at_random.scene import SESSIONS, Scene
from tests.provisioning.at_random.scripts import PLANS

Account = Mapping[str, Any]
ROUNDS = 4


def end(scene: Scene) -> None:
    """The faults end, and what is still to be done is done."""
    scene.replicas.forget_deaths()
    for router in scene.routers:
        router.lift()
    scene.become_quiet()
    for _ in range(ROUNDS):
        if not [client for client in scene.clients if _help(scene, client)]:
            return
        scene.become_quiet()


def _help(scene: Scene, client: Client) -> bool:
    """What staff do where they were told that something was refused; true when there was something."""
    account = scene.account(client)
    if client.state == FAILED:
        scene.tell(client.activation(service_name=f"client-{client.number}"))
    elif account is not None and account["state"] == "refused" and account["reason_code"] == "name-taken-on-router":
        scene.tell(client.change(service_name=f"client-{client.number}-{client.version}"))
    elif account is not None and account["state"] == "refused":
        scene.of_staff("retry", client)
    elif account is not None and account["state"] == "removing":
        scene.of_staff("remove", client)
    else:
        return False
    return True


def repair(scene: Scene) -> None:
    """What somebody meddled with is found and put right."""
    for number in range(len(scene.routers)):
        scene.compare(number)
    scene.become_quiet()
    for client in scene.clients:
        client.spoiled = False


def wrong(scene: Scene) -> list[str]:
    """Everything that is not as it should be; a client whose rows were meddled with may differ."""
    accounts = {client.number: scene.account(client) for client in scene.clients}
    found = [said for client in scene.clients for said in _wrong_of(client, accounts[client.number])]
    for number in range(len(scene.routers)):
        found += _wrong_on(scene, number, accounts)
    return found + [f"parked: {message}" for message in scene.replicas.parked()]


# The newest wish is what the service thinks that it is.


def _wrong_of(client: Client, account: Account | None) -> Iterator[str]:
    who = f"client {client.number}"
    if client.state in (LEFT, GONE, NEVER):
        if account is not None and account["state"] != "removed":
            yield f"{who} should be gone, and is {account['state']} ({account['reason_code']})"
        return
    if account is None or client.state != ACTIVE or account["state"] != "placed":
        yield f"{who} should be on a router, and is {client.state}, {account and account['state']}"
        return
    if account["pending"]:
        yield f"{who}: pending {account['pending']}"
    if not client.refused & {"suspend", "reconnect"} and bool(account["suspended"]) != client.suspended:
        yield f"{who}: suspended should be {client.suspended}"
    if "change" not in client.refused:
        yield from (f"{who}: {said}" for said in _differing(_said(client), account))


def _said(client: Client) -> dict[str, Any]:
    download, upload = PLANS[client.wanted["plan"]]
    same = ("service_name", "ip_address", "mac_address")
    return {
        **{name: client.wanted[name] for name in same},
        "router_id": str(client.wanted["router_id"]),
        "download_kbps": download,
        "upload_kbps": upload,
    }


# And every router is as the newest wish is.


def _wrong_on(scene: Scene, number: int, accounts: Mapping[int, Account | None]) -> list[str]:
    router = scene.routers[number]
    here = {
        account["account_id"]: account
        for account in accounts.values()
        if account is not None
        and account["state"] == "placed"
        and account["router_id"] == str(scene.router_ids[number])
    }
    # One that was cancelled before she was known has no account.
    unsure = {
        account["account_id"] for client in scene.clients if client.spoiled and (account := accounts[client.number])
    }
    rows = router.lasting()
    foreign = scene.foreign[number]
    found = [
        f"not ours, and touched: {menu} {row} is {rows.get((menu, id))}"
        for (menu, id), row in foreign.items()
        if rows.get((menu, id)) != row
    ]
    ours: dict[str, list[tuple[str, Row]]] = {}
    profiles: dict[str, list[Row]] = {}
    for (menu, _), row in ((key, row) for key, row in rows.items() if key not in foreign):
        if menu in PROFILES.values() and row["name"].startswith("alta-"):
            profiles.setdefault(row["name"], []).append(row)
        else:
            ours.setdefault(_owner(row), []).append((menu, row))
    found += [f"left behind: {ours[owner]}" for owner in ours.keys() - here.keys() - unsure]
    for id, account in here.items():
        if id not in unsure:
            found += _rows_wrong(router.mode, router.way, account, ours.get(id, []), profiles)
    found += _sessions_wrong(scene, number, list(here.values()))
    return [f"router {number} ({router.mode}, {router.way}): {said}" for said in found]


def _owner(row: Row) -> str:
    """The account that a row is marked with, or nobody."""
    try:
        return str(UUID(row.get("comment", "").removeprefix("alta:")))
    except ValueError:
        return "nobody"


def _rows_wrong(
    mode: str, way: str, account: Account, rows: list[tuple[str, Row]], profiles: Mapping[str, list[Row]]
) -> Iterator[str]:
    who, wanted = account["service_name"], desired(account, mode, way)
    for menu in OWNED_MENUS:
        there = [row for place, row in rows if place == menu]
        if len(there) != (menu in wanted):
            yield f"{who}: {len(there)} rows in {menu} and not {int(menu in wanted)}: {there}"
        else:
            yield from (f"{who}: {menu} {said}" for row in there for said in _differing(wanted[menu], row))
    if mode in PROFILES and not (account["suspended"] and way == "profile"):
        download, upload = speeds(account, way)
        limits = [row["rate-limit"] for row in profiles.get(f"alta-{short(download)}-{short(upload)}", [])]
        if limits != [f"{short(upload)}/{short(download)}"]:
            yield f"{who}: her profile has the limits {limits}"


def _sessions_wrong(scene: Scene, number: int, here: list[Account]) -> Iterator[str]:
    router = scene.routers[number]
    menu = SESSIONS.get(router.mode)
    live = {row[".id"]: row for row in router.rows(menu)} if menu else {}
    outdated = {session for client in scene.clients for session in client.outdated}
    yield from (f"a session of before: {live[id]}" for place, _, id in outdated if place == number and id in live)
    if router.mode == "dhcp":
        macs = {account["mac_address"] for account in here}
        given = [row for row in live.values() if row.get("dynamic") == "true" and row.get("mac-address") in macs]
        yield from (f"a lease of before: {row}" for row in given)
    elif router.mode in PROFILES:
        queues = {row["name"]: row for row in router.rows("/queue/simple") if row.get("dynamic") == "true"}
        by_name = {account["service_name"]: account for account in here}
        for row in live.values():
            yield from _session_wrong(router.mode, router.way, row, by_name, queues)


def _session_wrong(
    mode: str, way: str, row: Row, by_name: Mapping[str, Account], queues: Mapping[str, Row]
) -> Iterator[str]:
    name = row["name" if mode == "pppoe" else "user"]
    account = by_name.get(name)
    if account is None or (account["suspended"] and way == "disable"):
        yield f"a session that nobody may have: {row}"
        return
    download, upload = speeds(account, way)
    wanted = {"address": account["ip_address"]}
    yield from (f"the session of {name}: {said}" for said in _differing(wanted, row))
    limit = {"max-limit": f"{upload * 1000}/{download * 1000}"}
    yield from (f"the session of {name}: {said}" for said in _differing(limit, queues.get(f"<{mode}-{name}>", {})))


def _differing(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} should be {value}, is {actual.get(name)}"
        for name, value in wanted.items()
        if actual.get(name) != value
    ]
