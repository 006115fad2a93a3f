"""Clients who dial over PPPoE."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from routersim.clients.attaching import UNKNOWN_MAC, Attachment, Refused, enabled
from routersim.computed import write_time
from routersim.router import Router
from routersim.rows import Row
from routersim.values import Trap

Ask = Mapping[str, str]


def live(router: Router, ask: Ask) -> list[Row]:
    return [row for row in router.table("/ppp/active").rows if row.values["name"] == ask["name"]]


def connect(router: Router, ask: Ask) -> Row:
    """Dials as `name`; `password` and `mac` are looked at when they are given."""
    secret = _secret(router, ask)
    profile = _profile(router, secret)
    server = _server(router)
    name = secret.values["name"]
    if profile.values.get("only-one") == "yes" and live(router, ask):
        raise Refused(f"{name} is connected already, and its profile allows one session only")
    attachment = Attachment.begin(router, name)
    try:
        return _bring_up(attachment, secret, profile, server, ask.get("mac", UNKNOWN_MAC))
    except (Refused, Trap):
        attachment.bond.end()
        raise


def _secret(router: Router, ask: Ask) -> Row:
    name = ask["name"]
    secret = next(iter(router.table("/ppp/secret").named(name)), None)
    if secret is None:
        raise Refused(f"there is no secret {name}")
    if not enabled(secret):
        raise Refused(f"secret {name} is disabled")
    if (service := secret.values.get("service", "any")) not in ("any", "pppoe"):
        raise Refused(f"secret {name} is for {service}, not for pppoe")
    if "password" in ask and ask["password"] != secret.values.get("password", ""):
        raise Refused(f"wrong password for {name}")
    caller = secret.values.get("caller-id", "")
    if caller and caller != ask.get("mac", UNKNOWN_MAC):
        raise Refused(f"secret {name} is for {caller} only")
    return secret


def _profile(router: Router, secret: Row) -> Row:
    profile = router.table("/ppp/profile").row(secret.values.get("profile", "*0"))
    if profile is None:
        raise Refused(f"the profile of {secret.values['name']} was removed")
    return profile


def _server(router: Router) -> Row:
    servers = router.table("/interface/pppoe-server/server").rows
    server = next((row for row in servers if enabled(row)), None)
    if server is None:
        raise Refused("no PPPoE server is enabled")
    return server


def _bring_up(attachment: Attachment, secret: Row, profile: Row, server: Row, mac: str) -> Row:
    # The secret's own addresses come before the profile's.
    wanted = {**profile.values, **secret.values}
    name = secret.values["name"]
    if "remote-address" not in wanted:
        raise Refused(f"could not determine a remote address for {name}")
    remote = attachment.take_from(wanted["remote-address"], mac)
    active = attachment.row(
        "/ppp/active",
        {"name": name, "service": "pppoe", "caller-id": mac, "address": remote},
        ends_session=True,
    )
    interface = _interface(attachment, name, server, mac)
    _address(attachment, wanted.get("local-address", "10.255.255.1"), remote, interface)
    attachment.queue(interface.values["name"], interface.id, profile.values)
    attachment.enlist(profile.values.get("address-list", ""), remote)
    attachment.open_connection(remote)
    attachment.bond.endings.append(lambda: _note_the_end(attachment.router, secret, mac))
    return active


def _interface(attachment: Attachment, name: str, server: Row, mac: str) -> Row:
    shown = attachment.router.table("/interface").free_name(f"<pppoe-{name}>")
    attachment.row(
        "/interface/pppoe-server",
        {
            "name": shown,
            "user": name,
            "service": server.values.get("service-name", ""),
            "remote-address": mac,
            "interface": server.values["interface"],
        },
        ends_session=True,
    )
    return attachment.row("/interface", {"name": shown, "type": "pppoe-in", "mtu": "1480"})


def _address(attachment: Attachment, local: str, remote: str, interface: Row) -> None:
    # A pool may give the router's own side as well.
    local = attachment.take_from_pool(local) if local.startswith("*") else local
    values = {"address": f"{local}/32", "network": remote, "interface": interface.id}
    attachment.row("/ip/address", values)


def _note_the_end(router: Router, secret: Row, mac: str) -> None:
    """What a secret remembers of its last session."""
    if router.table("/ppp/secret").row(secret.id) is secret:
        last = {
            "last-logged-out": write_time(datetime.now(UTC)),
            "last-caller-id": mac,
            "last-disconnect-reason": "admin-reset",
        }
        router.table("/ppp/secret").write(secret, {**secret.values, **last})
