"""Clients who log in on the hotspot's page."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address

from routersim.addresses import bounds_of
from routersim.clients.attaching import UNKNOWN_MAC, Attachment, Refused, enabled
from routersim.router import Router
from routersim.rows import Row
from routersim.values import Mac, Trap

Ask = Mapping[str, str]


def live(router: Router, ask: Ask) -> list[Row]:
    """The sessions of `name`: all of them, or the one of `mac`."""
    mac = _mac(router, ask) if "mac" in ask else None
    return [row for row in router.table("/ip/hotspot/active").rows if _is(row, ask["name"], mac)]


def _is(session: Row, name: str, mac: str | None) -> bool:
    return session.values["user"] == name and mac in (None, session.values["mac-address"])


def _mac(router: Router, ask: Ask) -> str:
    return Mac().accept(ask.get("mac", UNKNOWN_MAC), "mac-address", router.table)


def connect(router: Router, ask: Ask) -> Row:
    """Logs in as `name`, from `mac` and `address`, at `server`; `password` is looked at when it is given."""
    server = _server(router, ask)
    mac = _mac(router, ask)
    _not_blocked(router, mac, ask.get("address"))
    user = _user(router, ask, server, mac)
    profile = router.table("/ip/hotspot/user/profile").row(user.values.get("profile", "*0"))
    if profile is None:
        raise Refused(f"the profile of {user.values['name']} was removed")
    _room_for_one_more(router, user, profile)
    attachment = Attachment.begin(router, user.values["name"])
    try:
        return _let_in(attachment, server, user, profile, mac, ask.get("address"))
    except (Refused, Trap):
        attachment.bond.end()
        raise


def _server(router: Router, ask: Ask) -> Row:
    wanted = ask.get("server")
    servers = [row for row in router.table("/ip/hotspot").rows if wanted in (None, row.values["name"])]
    server = next(filter(enabled, servers), None)
    if server is None:
        raise Refused("the hotspot server is disabled" if servers else "there is no such hotspot server")
    return server


def _not_blocked(router: Router, mac: str, address: str | None) -> None:
    """The first binding that fits decides; who is bypassed has no page to log in on."""
    for row in filter(enabled, router.table("/ip/hotspot/ip-binding").rows):
        if not _binds(row, mac, address):
            continue
        kind = row.values.get("type", "regular")
        if kind != "regular":
            raise Refused(f"an ip-binding has {mac} {kind}")
        return


def _binds(row: Row, mac: str, address: str | None) -> bool:
    bound = row.values
    if "mac-address" in bound and bound["mac-address"] != mac:
        return False
    if "address" not in bound:
        return "mac-address" in bound
    first, last = bounds_of(bound["address"])
    return address is not None and first <= IPv4Address(address) <= last


def _user(router: Router, ask: Ask, server: Row, mac: str) -> Row:
    name = ask["name"]
    users = router.table("/ip/hotspot/user").named(name)
    # A user of this server comes before one of all servers.
    fitting = [row for row in users if row.values.get("server", "all") in ("all", server.id)]
    fitting.sort(key=lambda row: row.values.get("server", "all") == "all")
    if not fitting:
        raise Refused(f"there is no user {name}" + (" for this server" if users else ""))
    user = fitting[0]
    if not enabled(user):
        raise Refused(f"user {name} is disabled")
    if "password" in ask and ask["password"] != user.values.get("password", ""):
        raise Refused("invalid username or password")
    if user.values.get("mac-address", mac) != mac:
        raise Refused(f"invalid username ({name}): this MAC address is not yours")
    return user


def _room_for_one_more(router: Router, user: Row, profile: Row) -> None:
    allowed = profile.values.get("shared-users", "1")
    name = user.values["name"]
    if allowed != "unlimited" and len(live(router, {"name": name})) >= int(allowed):
        raise Refused(f"no more sessions are allowed for user {name}")


def _let_in(attachment: Attachment, server: Row, user: Row, profile: Row, mac: str, given: str | None) -> Row:
    address = _address(attachment, server, user, profile, mac, given)
    name = user.values["name"]
    session = {"server": server.id, "user": name, "address": address, "mac-address": mac, "login-by": "http-chap"}
    limits = {key: value for key, value in user.values.items() if key.startswith("limit-bytes")}
    kept_alive = profile.values.get("keepalive-timeout", "2m")
    comment = user.values.get("comment", "")
    active = attachment.row(
        "/ip/hotspot/active",
        session | limits | {"keepalive-timeout": kept_alive, "comment": comment},
        ends_session=True,
    )
    host = {"mac-address": mac, "address": address, "to-address": address, "server": server.id, "authorized": "true"}
    attachment.row("/ip/hotspot/host", host, ends_session=True)
    attachment.queue(f"<hotspot-{name}>", f"{address}/32", profile.values)
    attachment.enlist(profile.values.get("address-list", ""), address)
    attachment.open_connection(address)
    return active


def _address(attachment: Attachment, server: Row, user: Row, profile: Row, mac: str, given: str | None) -> str:
    """The user's own address, the one that the device has, or one of the profile's or the server's pool."""
    if fixed := user.values.get("address", given):
        return attachment.take(fixed)
    for row in (profile, server):
        pool = row.values.get("address-pool", "none")
        if pool != "none":
            return attachment.take_from_pool(pool, mac)
    raise Refused("the device has no address, and there is no pool to take one from")
