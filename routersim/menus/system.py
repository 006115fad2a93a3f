"""`/interface`, `/system`, `/user` and `/ip/service`: the router itself and who may enter it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routersim.addresses import Prefixes
from routersim.computed import resource
from routersim.durations import Duration
from routersim.menu import (
    COMMENT,
    DISABLED,
    DYNAMIC,
    READ_ONLY,
    SWITCHABLE,
    Field,
    Menu,
    State,
    Unique,
    zeros,
)
from routersim.values import Choice, Flag, Pattern, Policies, Reference, Trap, Whole
from routersim.wallclock import ZONE, date_now, offset_now, summer_time, time_now, turn

if TYPE_CHECKING:
    from routersim.router import Router
    from routersim.rows import Row

INTERFACE = Menu(
    "/interface",
    fields=(
        Field("name"),
        Field("default-name", fixed=True),
        Field("type", default="ether", fixed=True),
        Field("mtu", Whole(68, 65535, also=("auto",)), "1500"),
        Field("l2mtu", Whole(0, 65536)),
        Field("mac-address", fixed=True),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("actual-mtu", lambda router, row: row.values.get("mtu", "1500").replace("auto", "1500")),
        State("running", lambda router, row: "false" if row.values.get("disabled") == "true" else "true"),
        DYNAMIC,
    ),
    commands=READ_ONLY | {"set", "enable", "disable", "comment", "reset-counters"},
    unique=(Unique(("name",), "failure: already have interface with such name"),),
    rows=tuple(
        {"name": f"ether{n}", "default-name": f"ether{n}", "l2mtu": "1598", "mac-address": f"48:A9:8A:00:00:{n:02X}"}
        for n in range(1, 6)
    ),
    print_flags=frozenset({"stats", "stats-detail", "oid"}),
)

IDENTITY = Menu(
    "/system/identity",
    fields=(Field("name", default="MikroTik"),),
    commands=READ_ONLY | {"set"},
    rows=({},),
    singleton=True,
)

RESOURCE = Menu(
    "/system/resource",
    states=resource(),
    commands=READ_ONLY,
    rows=({},),
    singleton=True,
)

CLOCK = Menu(
    "/system/clock",
    fields=(
        Field("time", Pattern(r"\d{1,2}:\d\d(:\d\d)?"), write_only=True),
        Field("date", Pattern(r"\d{4}-\d{1,2}-\d{1,2}"), write_only=True),
        Field("time-zone-autodetect", Flag(), "true"),
        Field("time-zone-name", ZONE, "UTC"),
    ),
    states=(
        State("time", time_now),
        State("date", date_now),
        State("gmt-offset", offset_now),
        State("dst-active", summer_time),
    ),
    commands=READ_ONLY | {"set"},
    after_set=(turn,),
    rows=({},),
    singleton=True,
)

POLICIES = (
    "local", "telnet", "ssh", "ftp", "reboot", "read", "write", "policy", "test", "winbox", "password", "web",
    "sniff", "sensitive", "api", "romon", "rest-api",
)  # fmt: skip


def _granted(*policies: str) -> str:
    return ",".join(policy if policy in policies else f"!{policy}" for policy in POLICIES)


_READ = set(POLICIES) - {"ftp", "write", "policy"}


def has_no_users(router: Router, row: Row) -> None:
    if any(user.values["group"] == row.id for user in router.table("/user").rows):
        raise Trap("failure: group has some users")


USER_GROUP = Menu(
    "/user/group",
    fields=(
        Field("name"),
        Field("policy", Policies(POLICIES), _granted()),
        Field("skin", Choice(("default",)), "default"),
        COMMENT,
    ),
    unique=(Unique(("name",), "failure: group with the same name already exists"),),
    removal=(has_no_users,),
    rows=(
        {"name": "read", "policy": _granted(*_READ), "!id": "*1", "!builtin": "yes"},
        {"name": "write", "policy": _granted(*_READ, "write"), "!id": "*2", "!builtin": "yes"},
        {
            "name": "full", "policy": _granted(*_READ, "write", "ftp", "policy"), "!id": "*3", "!builtin": "yes",
        },
    ),
    name_prefix="group",
)  # fmt: skip

USER = Menu(
    "/user",
    fields=(
        Field("name", required=True),
        Field("group", Reference("/user/group"), required=True),
        Field("password", default="", required=True, write_only=True),
        Field("address", Prefixes(), default=""),
        Field("inactivity-policy", Choice(("lockscreen", "logout", "none")), "none"),
        Field("inactivity-timeout", Duration(), "10m"),
        COMMENT,
        DISABLED,
    ),
    states=(State("expired", "false"),),
    commands=SWITCHABLE,
    unique=(Unique(("name",), "failure: user with the same name already exists"),),
    print_flags=frozenset({"show-sensitive"}),
)

IP_SERVICE = Menu(
    "/ip/service",
    fields=(
        Field("name", fixed=True),
        Field("port", Whole(1, 65535)),
        Field("address", Prefixes(), ""),
        Field("certificate", Choice(("none",))),
        Field("tls-version", Choice(("any", "only-1.2"))),
        Field("vrf", Choice(("main",)), "main"),
        Field("max-sessions", Whole(1, 1000), "20"),
        DISABLED,
    ),
    states=(*zeros("invalid", value="false"), DYNAMIC),
    commands=READ_ONLY | {"set", "enable", "disable"},
    rows=(
        {"name": "telnet", "port": "23"},
        {"name": "ftp", "port": "21"},
        {"name": "www", "port": "80"},
        {"name": "ssh", "port": "22"},
        {"name": "www-ssl", "port": "443", "certificate": "none", "tls-version": "any", "disabled": "true"},
        {"name": "api", "port": "8728"},
        {"name": "winbox", "port": "8291"},
        {"name": "api-ssl", "port": "8729", "certificate": "none", "tls-version": "any"},
    ),
)

MENUS = (INTERFACE, IDENTITY, RESOURCE, CLOCK, USER_GROUP, USER, IP_SERVICE)
