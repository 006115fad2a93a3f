"""`/ppp` and the PPPoE server: clients whose own device logs in."""

from __future__ import annotations

from routersim.addresses import Addresses, AddressOrPool
from routersim.computed import age
from routersim.durations import Duration
from routersim.menu import (
    COMMENT,
    COMMENTED,
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
from routersim.values import Choice, Choices, Flag, Pattern, Reference, Whole

PPP_SECRET = Menu(
    "/ppp/secret",
    fields=(
        Field("name", required=True),
        Field("service", Choice(("any", "async", "l2tp", "ovpn", "pppoe", "pptp", "sstp")), "any"),
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
        Field("last-logged-out", default="1970-01-01 00:00:00", fixed=True),
        Field("last-caller-id", default="", fixed=True),
        Field("last-disconnect-reason", default="", fixed=True),
        COMMENT,
        DISABLED,
    ),
    commands=SWITCHABLE | {"unset"},
    unique=(Unique(("name",), "failure: secret with the same name already exists"),),
    print_flags=frozenset({"show-sensitive"}),
)

_THREE_WAY = Choice(("default", "no", "yes"))
_FOUR_WAY = Choice(("default", "no", "required", "yes"))

PPP_PROFILE = Menu(
    "/ppp/profile",
    fields=(
        Field("name", required=True),
        Field("local-address", AddressOrPool(), unsettable=True),
        Field("remote-address", AddressOrPool(), unsettable=True),
        Field("remote-ipv6-prefix-pool"),
        Field("remote-ipv6-prefix-reuse", Flag(), unsettable=True),
        Field("dhcpv6-pd-pool"),
        Field("dhcpv6-lease-time", Duration(), unsettable=True),
        Field("dhcpv6-use-radius", Flag(), unsettable=True),
        Field("bridge", unsettable=True),
        Field("bridge-learning", _THREE_WAY, "default"),
        Field("bridge-horizon", Whole(0, 2**32 - 1), unsettable=True),
        Field("bridge-path-cost", Whole(1, 200_000_000), unsettable=True),
        Field("bridge-port-priority", Pattern("[0-9A-Fa-f]{1,2}"), unsettable=True),
        Field("bridge-port-trusted", Flag(), unsettable=True),
        Field("bridge-port-vid", Whole(1, 4094), unsettable=True),
        Field("interface-list", unsettable=True),
        Field("incoming-filter", unsettable=True),
        Field("outgoing-filter", unsettable=True),
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
        Field("dns-server", Addresses(), unsettable=True),
        Field("wins-server", Addresses(), unsettable=True),
        Field("parent-queue", Reference("/queue/simple", also=("none",)), unsettable=True),
        Field("queue-type", unsettable=True),
        Field("insert-queue-before", Reference("/queue/simple", also=("bottom", "first")), unsettable=True),
        Field("on-up", default=""),
        Field("on-down", default=""),
        COMMENT,
    ),
    states=(State("default", lambda router, row: "true" if row.builtin else "false"),),
    commands=COMMENTED | {"unset"},
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
    fields=tuple(Field(name, fixed=True) for name in ("name", "service", "caller-id", "address")),
    states=(
        State("uptime", age),
        State("encoding", ""),
        State("session-id", lambda router, row: f"0x81{int(row.id[1:], 16):06x}"),
        *zeros("limit-bytes-in", "limit-bytes-out"),
        State("radius", "false"),
    ),
    commands=READ_ONLY | {"remove"},
    yields=frozenset({"remove"}),
)

PPPOE_INTERFACE = Menu(
    "/interface/pppoe-server",
    fields=(
        Field("name"),
        Field("user", default="", required=True),
        Field("service", default="", required=True),
        Field("remote-address", fixed=True),
        Field("interface", Reference("/interface"), fixed=True),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("mtu", lambda router, row: "1480" if row.bond else None),
        State("mru", lambda router, row: "1480" if row.bond else None),
        State("uptime", lambda router, row: age(router, row) if row.bond else None),
        State("encoding", lambda router, row: "" if row.bond else None),
        State("running", lambda router, row: "true" if row.bond else "false"),
        DYNAMIC,
    ),
    commands=SWITCHABLE,
    unique=(Unique(("name",), "failure: already have interface with such name"),),
    name_prefix="pppoe-in",
    yields=frozenset({"remove"}),
)

PPPOE_SERVER = Menu(
    "/interface/pppoe-server/server",
    fields=(
        Field("service-name", default=""),
        Field("interface", Reference("/interface"), required=True),
        Field("max-mtu", Whole(512, 65535, also=("auto",)), "auto"),
        Field("max-mru", Whole(512, 65535, also=("auto",)), "auto"),
        Field("mrru", Whole(512, 65535, also=("disabled",)), "disabled"),
        Field("authentication", Choices(("pap", "chap", "mschap1", "mschap2")), "pap,chap,mschap1,mschap2"),
        Field("keepalive-timeout", Whole(1, 65535, also=("disabled",)), "10"),
        Field("one-session-per-host", Flag(), "false"),
        Field("max-sessions", Whole(0, 65535, also=("unlimited",)), "unlimited"),
        Field("pado-delay", Whole(0, 10000), "0"),
        Field("pppoe-over-vlan-range", default=""),
        Field("accept-empty-service", Flag(), "true"),
        Field("accept-untagged", Flag(), "true"),
        Field("default-profile", Reference("/ppp/profile"), "*0"),
        COMMENT,
        DISABLED,
    ),
    states=(State("invalid", "false"),),
    commands=SWITCHABLE,
    # An ISP's router serves PPPoE on the port that leads to its clients.
    rows=({"service-name": "service1", "interface": "*2"},),
)

MENUS = (PPP_SECRET, PPP_PROFILE, PPP_ACTIVE, PPPOE_INTERFACE, PPPOE_SERVER)
