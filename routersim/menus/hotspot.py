"""`/ip/hotspot`: clients who log in on a page."""

from __future__ import annotations

from routersim.addresses import Address, AddressRange
from routersim.computed import age, whether
from routersim.durations import Duration
from routersim.menu import (
    COMMENT,
    DISABLED,
    DYNAMIC,
    EDITABLE,
    READ_ONLY,
    SWITCHABLE,
    Field,
    Menu,
    State,
    Unique,
    zeros,
)
from routersim.values import Choice, Choices, Flag, Mac, Reference, Whole

SERVER = Reference("/ip/hotspot", also=("all",))
POOL = Reference("/ip/pool", also=("none",))
_NONE = ("none",)

HOTSPOT = Menu(
    "/ip/hotspot",
    fields=(
        Field("name"),
        Field("interface", Reference("/interface"), required=True),
        Field("address-pool", POOL, "none"),
        Field("profile", Reference("/ip/hotspot/profile"), "*0"),
        Field("idle-timeout", Duration(_NONE), "5m"),
        Field("keepalive-timeout", Duration(_NONE), "none"),
        Field("login-timeout", Duration(_NONE), "none"),
        Field("addresses-per-mac", Whole(1, 2**32 - 1, also=("unlimited",)), "2"),
        DISABLED,
    ),
    states=(
        State("proxy-status", "running"),
        State("ip-of-dns-name", "0.0.0.0"),  # noqa: S104 - what a server without a DNS name shows
        *zeros("invalid", "HTTPS", value="false"),
    ),
    commands=EDITABLE | {"enable", "disable"},
    unique=(Unique(("name",), "failure: server with such name already exists"),),
    name_prefix="hotspot",
)

HOTSPOT_PROFILE = Menu(
    "/ip/hotspot/profile",
    fields=(
        Field("name"),
        Field("hotspot-address", Address(), "0.0.0.0"),  # noqa: S104 - none of its own
        Field("dns-name", default=""),
        Field("html-directory", default="hotspot"),
        Field("html-directory-override", default=""),
        Field("install-hotspot-queue", Flag(), "false"),
        Field("rate-limit", default=""),
        Field("http-proxy", default="0.0.0.0:0"),
        Field("smtp-server", Address(), "0.0.0.0"),  # noqa: S104 - none
        Field(
            "login-by",
            Choices(("mac", "cookie", "http-chap", "https", "http-pap", "trial", "mac-cookie")),
            "cookie,http-chap",
        ),
        Field("http-cookie-lifetime", Duration(), "3d"),
        Field("mac-auth-mode", Choice(("mac-as-username", "mac-as-username-and-password"))),
        Field("mac-auth-password", sensitive=True),
        Field("ssl-certificate", Choice(_NONE)),
        Field("trial-uptime-limit", Duration()),
        Field("trial-uptime-reset", Duration()),
        Field("trial-user-profile", Reference("/ip/hotspot/user/profile")),
        Field("split-user-domain", Flag(), "false"),
        Field("use-radius", Flag(), "false"),
        Field("radius-accounting", Flag()),
        Field("radius-default-domain"),
        Field("radius-interim-update", Duration(("received",))),
        Field("radius-location-id"),
        Field("radius-location-name"),
        Field("radius-mac-format"),
        Field("nas-port-type"),
    ),
    states=(State("default", lambda router, row: whether(row.builtin)),),
    commands=EDITABLE,
    unique=(Unique(("name",), "failure: profile with the same name already exists"),),
    rows=({"name": "default", "!id": "*0", "!builtin": "yes"},),
    name_prefix="hsprof",
)

_COUNTERS = zeros("bytes-in", "bytes-out", "packets-in", "packets-out")

HOTSPOT_USER = Menu(
    "/ip/hotspot/user",
    fields=(
        Field("server", SERVER, hidden=("all",)),
        Field("name", required=True),
        Field("password", hidden=("",), sensitive=True),
        Field("otp-secret", hidden=("",), sensitive=True),
        Field("address", Address()),
        Field("mac-address", Mac()),
        Field("profile", Reference("/ip/hotspot/user/profile"), "*0"),
        Field("routes", hidden=("",)),
        Field("email", hidden=("",)),
        Field("limit-uptime", Duration()),
        Field("limit-bytes-in", Whole()),
        Field("limit-bytes-out", Whole()),
        Field("limit-bytes-total", Whole()),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("uptime", "0s"),
        *_COUNTERS,
        DYNAMIC,
        State("default", lambda router, row: "true" if row.builtin else None),
    ),
    commands=SWITCHABLE | {"reset-counters"},
    unique=(Unique(("server", "name"), "failure: already have user with this name for this server"),),
    rows=(
        {
            "name": "default-trial", "comment": "counters and limits for trial users",
            "!id": "*0", "!builtin": "yes",
        },
    ),
    print_flags=frozenset({"show-sensitive", "bytes", "packets"}),
)  # fmt: skip

HOTSPOT_USER_PROFILE = Menu(
    "/ip/hotspot/user/profile",
    fields=(
        Field("name"),
        Field("address-pool", POOL, "none"),
        Field("address-list", default=""),
        Field("rate-limit", hidden=("",)),
        Field("session-timeout", Duration()),
        Field("idle-timeout", Duration(_NONE), "none", unsettable=True),
        Field("keepalive-timeout", Duration(_NONE), "2m", unsettable=True),
        Field("status-autorefresh", Duration(_NONE), "1m"),
        Field("shared-users", Whole(1, 2**32 - 1, also=("unlimited",)), "1"),
        Field("add-mac-cookie", Flag(), "true"),
        Field("mac-cookie-timeout", Duration(), "3d", unsettable=True),
        Field("parent-queue", Reference("/queue/simple", also=_NONE), unsettable=True),
        Field("queue-type", Reference("/queue/type"), unsettable=True),
        Field("insert-queue-before", Reference("/queue/simple", also=("bottom", "first")), unsettable=True),
        Field("incoming-filter", hidden=("",)),
        Field("outgoing-filter", hidden=("",)),
        Field("incoming-packet-mark", hidden=("",)),
        Field("outgoing-packet-mark", hidden=("",)),
        Field("open-status-page", Choice(("http-login", "always"))),
        Field("on-login", hidden=("",)),
        Field("on-logout", hidden=("",)),
        Field("advertise", Flag()),
        Field("advertise-url"),
        Field("advertise-interval"),
        Field("advertise-timeout", Duration(("immediately", "never"))),
        Field("transparent-proxy", Flag(), "false"),
    ),
    states=(State("default", lambda router, row: whether(row.builtin)),),
    commands=EDITABLE | {"unset"},
    unique=(Unique(("name",), "failure: profile with the same name already exists"),),
    rows=({"name": "default", "!id": "*0", "!builtin": "yes"},),
    name_prefix="uprof",
    # Seen on a router of 7.21.4.
    implies={"mac-cookie-timeout": {"add-mac-cookie": "true"}},
)

HOTSPOT_ACTIVE = Menu(
    "/ip/hotspot/active",
    fields=(
        Field("server", SERVER, fixed=True),
        Field("user", fixed=True),
        Field("address", fixed=True),
        Field("mac-address", fixed=True),
        Field("login-by", fixed=True),
        Field("keepalive-timeout", fixed=True),
        Field("limit-bytes-in", fixed=True),
        Field("limit-bytes-out", fixed=True),
        Field("limit-bytes-total", fixed=True),
        Field("comment", fixed=True, hidden=("",)),
    ),
    states=(State("uptime", age), State("idle-time", "0s"), *_COUNTERS, State("radius", "false")),
    commands=READ_ONLY | {"remove"},
    print_flags=frozenset({"stats", "status", "oid"}),
    yields=frozenset({"remove"}),
)

HOTSPOT_HOST = Menu(
    "/ip/hotspot/host",
    fields=(
        Field("mac-address", fixed=True),
        Field("address", fixed=True),
        Field("to-address", fixed=True),
        Field("server", SERVER, fixed=True),
        Field("authorized", default="false", fixed=True),
        Field("bypassed", default="false", fixed=True),
    ),
    states=(
        State("uptime", age),
        State("idle-time", "0s"),
        *_COUNTERS,
        State("found-by", "UDP"),
        DYNAMIC,
        *zeros("DHCP", "static", value="false"),
    ),
    commands=READ_ONLY | {"remove"},
    print_flags=frozenset({"status", "bytes", "packets"}),
    yields=frozenset({"remove"}),
)

IP_BINDING = Menu(
    "/ip/hotspot/ip-binding",
    fields=(
        Field("mac-address", Mac()),
        Field("address", AddressRange()),
        Field("to-address", Address()),
        Field("server", SERVER, hidden=("all",)),
        Field("type", Choice(("blocked", "bypassed", "regular")), "regular"),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("bypassed", lambda router, row: whether(row.values.get("type") == "bypassed")),
        State("blocked", lambda router, row: whether(row.values.get("type") == "blocked")),
    ),
    commands=SWITCHABLE | {"move"},
)

MENUS = (
    HOTSPOT, HOTSPOT_PROFILE, HOTSPOT_USER, HOTSPOT_USER_PROFILE, HOTSPOT_ACTIVE, HOTSPOT_HOST, IP_BINDING,
)  # fmt: skip
