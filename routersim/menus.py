"""The menus of the simulated router, as data.

Source of parameters and commands: the command tree of RouterOS 7.21.4 (`/console/inspect`); of
defaults and of what is printed: what a router of version 7 gives back.
"""

from __future__ import annotations

from routersim.computed import network_of, pool_total, pool_used, resource, session_uptime
from routersim.menu import COMMENT, EDITABLE, READ_ONLY, SWITCHABLE, Field, Menu, State, Unique, Values
from routersim.values import (
    Address,
    AddressOrPool,
    Choice,
    Duration,
    Flag,
    Fraction,
    InterfaceAddress,
    Kind,
    ListedAddress,
    Pair,
    Ranges,
    Reference,
    Targets,
    Text,
    Trap,
    Whole,
)

DISABLED = Field("disabled", Flag(), "false")
RATE = Whole(suffixes=True)
QUEUE_TYPES = (
    "default", "ethernet-default", "wireless-default", "synchronous-default", "hotspot-default",
    "pcq-upload-default", "pcq-download-default", "only-hardware-queue", "multi-queue-ethernet-default",
    "default-small",
)  # fmt: skip


def _choice(*values: str) -> Kind:
    return Choice(values)


def _zeros(*names: str, value: str = "0") -> tuple[State, ...]:
    return tuple(State(name, value) for name in names)


def limits_fit(values: Values) -> None:
    """A guaranteed rate above the highest rate is refused; a highest rate of 0 is no limit."""
    guaranteed = values.get("limit-at", "0/0").split("/")
    highest = values.get("max-limit", "0/0").split("/")
    for direction, low, high in zip(("upload", "download"), guaranteed, highest, strict=True):
        if 0 < int(high) < int(low):
            raise Trap(f"failure: {direction}-max-limit less than {direction}-limit")


QUEUE_SIMPLE = Menu(
    "/queue/simple",
    fields=(
        Field("name", required=False),
        Field("target", Targets(), "", required=True, unsettable=True),
        Field("dst", Targets(), unsettable=True),
        Field("parent", Reference("/queue/simple", also=("none",)), "none"),
        Field("packet-marks", default=""),
        Field("priority", Pair(Whole(1, 8)), "8/8"),
        Field("queue", Pair(Reference("/queue/type")), "*A/*A"),
        Field("limit-at", Pair(RATE), "0/0"),
        Field("max-limit", Pair(RATE), "0/0"),
        Field("burst-limit", Pair(RATE), "0/0"),
        Field("burst-threshold", Pair(RATE), "0/0"),
        Field("burst-time", Pair(Duration()), "0s/0s"),
        Field("bucket-size", Pair(Fraction(10)), "0.1/0.1"),
        Field("time", unsettable=True),
        Field("total-priority", Whole(1, 8)),
        Field("total-queue", Reference("/queue/type")),
        Field("total-limit-at", RATE),
        Field("total-max-limit", RATE),
        Field("total-burst-limit", RATE),
        Field("total-burst-threshold", RATE),
        Field("total-burst-time", Duration()),
        Field("total-bucket-size", Fraction(10)),
        COMMENT,
        DISABLED,
    ),
    states=(
        *_zeros("bytes", "packets", "dropped", "rate", "packet-rate", "queued-packets", "queued-bytes", value="0/0"),
        *_zeros("total-bytes", "total-packets", "total-dropped", "total-rate", "total-packet-rate"),
        *_zeros("total-queued-packets", "total-queued-bytes"),
        *_zeros("invalid", "dynamic", value="false"),
    ),
    commands=SWITCHABLE | {"unset", "move"},
    unique=(Unique(("name",), "failure: already have such name"),),
    rules=(limits_fit,),
    name_prefix="queue",
    print_flags=frozenset({"stats", "bytes", "packets", "rate"}),
)

QUEUE_TYPE = Menu(
    "/queue/type",
    fields=(Field("name", required=True), Field("kind", required=True)),
    states=(State("default", "true"),),
    commands=READ_ONLY,
    rows=tuple(
        {"name": name, "kind": "pcq" if name.startswith("pcq") else "pfifo", "!id": f"*{number:X}"}
        for number, name in enumerate(QUEUE_TYPES, start=1)
    ),
)

PPP_SECRET = Menu(
    "/ppp/secret",
    fields=(
        Field("name", required=True),
        Field("service", _choice("any", "async", "l2tp", "ovpn", "pppoe", "pptp", "sstp"), "any"),
        Field("caller-id", default=""),
        Field("password", default="", sensitive=True),
        Field("profile", Reference("/ppp/profile"), "*0"),
        Field("local-address", AddressOrPool(), unsettable=True),
        Field("remote-address", AddressOrPool(), unsettable=True),
        Field("remote-ipv6-prefix", unsettable=True),
        Field("routes", default=""),
        Field("ipv6-routes", default=""),
        Field("limit-bytes-in", Whole(), "0"),
        Field("limit-bytes-out", Whole(), "0"),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("last-logged-out", "1970-01-01 00:00:00"),
        State("last-caller-id", ""),
        State("last-disconnect-reason", ""),
    ),
    commands=SWITCHABLE | {"unset"},
    unique=(Unique(("name",), "failure: secret with the same name already exists"),),
    print_flags=frozenset({"show-sensitive"}),
)

_THREE_WAY = _choice("default", "no", "yes")
_FOUR_WAY = _choice("default", "no", "required", "yes")

PPP_PROFILE = Menu(
    "/ppp/profile",
    fields=(
        Field("name", required=True),
        Field("local-address", AddressOrPool(), unsettable=True),
        Field("remote-address", AddressOrPool(), unsettable=True),
        Field("bridge-learning", _THREE_WAY, "default"),
        Field("use-mpls", _FOUR_WAY, "default"),
        Field("use-compression", _THREE_WAY, "default"),
        Field("use-encryption", _FOUR_WAY, "default"),
        Field("use-ipv6", _FOUR_WAY, "yes"),
        Field("use-upnp", _THREE_WAY, "default"),
        Field("only-one", _THREE_WAY, "default"),
        Field("change-tcp-mss", _THREE_WAY, "default"),
        Field("address-list", default=""),
        Field("rate-limit", unsettable=True),
        Field("idle-timeout", Duration(), unsettable=True),
        Field("session-timeout", Duration(), unsettable=True),
        Field("dns-server", unsettable=True),
        Field("wins-server", unsettable=True),
        Field("parent-queue", Reference("/queue/simple", also=("none",)), unsettable=True),
        Field("queue-type", unsettable=True),
        Field("insert-queue-before", _choice("bottom", "first"), unsettable=True),
        Field("on-up", default=""),
        Field("on-down", default=""),
        COMMENT,
    ),
    states=(State("default", lambda router, row: "true" if row["name"].startswith("default") else "false"),),
    commands=EDITABLE | {"unset"},
    unique=(Unique(("name",), "failure: profile with the same name already exists"),),
    rows=(
        {"name": "default", "change-tcp-mss": "yes", "!id": "*0", "!builtin": "yes"},
        {
            "name": "default-encryption", "use-encryption": "yes", "change-tcp-mss": "yes",
            "!id": "*FFFFFFFE", "!builtin": "yes",
        },
    ),
)  # fmt: skip

PPP_ACTIVE = Menu(
    "/ppp/active",
    fields=(
        Field("name"),
        Field("service"),
        Field("caller-id"),
        Field("address"),
        Field("started-at", write_only=True),
    ),
    states=(
        State("uptime", session_uptime),
        State("encoding", ""),
        State("session-id", "0x81000001"),
        State("limit-bytes-in", "0"),
        State("limit-bytes-out", "0"),
        State("radius", "false"),
    ),
    commands=READ_ONLY | {"remove"},
)

PPPOE_SERVER = Menu(
    "/interface/pppoe-server/server",
    fields=(
        Field("service-name", default=""),
        Field("interface", Reference("/interface"), required=True),
        Field("max-mtu", Whole(512, 65535, also=("auto",)), "auto"),
        Field("max-mru", Whole(512, 65535, also=("auto",)), "auto"),
        Field("authentication", default="pap,chap,mschap1,mschap2"),
        Field("keepalive-timeout", Duration(also=("disabled",)), "10"),
        Field("default-profile", Reference("/ppp/profile"), "*0"),
        Field("one-session-per-host", Flag(), "false"),
        Field("max-sessions", Whole(0, 65535, also=("unlimited",)), "unlimited"),
        COMMENT,
        DISABLED,
    ),
    states=(State("invalid", "false"),),
    commands=SWITCHABLE,
    # An ISP's router serves PPPoE on the port that leads to its clients.
    rows=({"service-name": "service1", "interface": "*2"},),
)

IP_POOL = Menu(
    "/ip/pool",
    fields=(
        Field("name"),
        Field("ranges", Ranges(), required=True),
        Field("next-pool", Reference("/ip/pool", also=("none",)), "none"),
        COMMENT,
    ),
    states=(
        State("total", pool_total),
        State("used", pool_used),
        State("available", lambda router, row: str(int(pool_total(router, row)) - int(pool_used(router, row)))),
    ),
    unique=(Unique(("name",), "failure: pool with such name exists"),),
    name_prefix="pool",
)

ADDRESS_LIST = Menu(
    "/ip/firewall/address-list",
    fields=(
        Field("list", required=True),
        Field("address", ListedAddress(), "0.0.0.0"),  # noqa: S104 - what an entry without an address reads as
        Field("timeout", Duration()),
        COMMENT,
        DISABLED,
    ),
    states=(
        # An entry with a timeout lives in memory only.
        State("dynamic", lambda router, row: "true" if "timeout" in row else "false"),
        State("creation-time", "1970-01-01 00:00:00"),
    ),
    commands=SWITCHABLE,
    unique=(Unique(("list", "address"), "failure: already have such entry", enabled_only=True),),
)

INTERFACE = Menu(
    "/interface",
    fields=(
        Field("name"),
        Field("default-name", fixed=True),
        Field("type", default="ether", fixed=True),
        Field("mtu", Whole(68, 65535, also=("auto",)), "1500"),
        Field("l2mtu", Whole(0, 65536), "1598"),
        Field("mac-address", fixed=True),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("actual-mtu", "1500"),
        State("running", lambda router, row: "false" if row.get("disabled") == "true" else "true"),
        State("dynamic", "false"),
    ),
    commands=READ_ONLY | {"set", "enable", "disable", "comment"},
    unique=(Unique(("name",), "failure: already have interface with such name"),),
    rows=tuple(
        {"name": f"ether{n}", "default-name": f"ether{n}", "mac-address": f"48:A9:8A:00:00:{n:02X}"}
        for n in range(1, 6)
    ),
    print_flags=frozenset({"stats", "stats-detail", "oid"}),
)

IP_ADDRESS = Menu(
    "/ip/address",
    fields=(
        Field("address", InterfaceAddress(), required=True),
        Field("network", Address()),
        Field("broadcast", Address()),
        Field("netmask", Address(), write_only=True),
        Field("interface", Reference("/interface"), required=True),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("network", network_of),
        State("actual-interface", lambda router, row: router.names("/interface").get(row["interface"])),
        *_zeros("invalid", "dynamic", "slave", value="false"),
    ),
    commands=SWITCHABLE,
    unique=(Unique(("address", "interface"), "failure: already have such address"),),
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

USER_GROUP = Menu(
    "/user/group",
    fields=(Field("name", required=True), Field("policy", default=""), COMMENT),
    unique=(Unique(("name",), "failure: group with the same name already exists"),),
    rows=(
        {"name": "read", "policy": "local,telnet,ssh,read,test,api,sensitive", "!id": "*1", "!builtin": "yes"},
        {"name": "write", "policy": "local,telnet,ssh,read,write,test,api,sensitive", "!id": "*2", "!builtin": "yes"},
        {
            "name": "full", "policy": "local,telnet,ssh,reboot,read,write,policy,test,api,sensitive",
            "!id": "*3", "!builtin": "yes",
        },
    ),
)  # fmt: skip

USER = Menu(
    "/user",
    fields=(
        Field("name", required=True),
        Field("group", Reference("/user/group"), required=True),
        Field("password", default="", write_only=True),
        Field("address", default=""),
        COMMENT,
        DISABLED,
    ),
    states=(State("expired", "false"),),
    commands=SWITCHABLE,
    unique=(Unique(("name",), "failure: user with the same name already exists"),),
)

IP_SERVICE = Menu(
    "/ip/service",
    fields=(
        Field("name", fixed=True),
        Field("port", Whole(1, 65535)),
        Field("address", Text(), ""),
        Field("max-sessions", Whole(1, 1000), "20"),
        DISABLED,
    ),
    states=(*_zeros("invalid", "dynamic", value="false"),),
    commands=READ_ONLY | {"set", "enable", "disable"},
    rows=tuple(
        {"name": name, "port": port}
        for name, port in (
            ("telnet", "23"), ("ftp", "21"), ("www", "80"), ("ssh", "22"),
            ("www-ssl", "443"), ("api", "8728"), ("winbox", "8291"), ("api-ssl", "8729"),
        )
    ),
)  # fmt: skip

MENUS = {
    menu.path: menu
    for menu in (
        QUEUE_SIMPLE, QUEUE_TYPE, PPP_SECRET, PPP_PROFILE, PPP_ACTIVE, PPPOE_SERVER, IP_POOL, ADDRESS_LIST, INTERFACE,
        IP_ADDRESS, IDENTITY, RESOURCE, USER_GROUP, USER, IP_SERVICE,
    )
}  # fmt: skip
