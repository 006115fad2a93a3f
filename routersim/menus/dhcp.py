"""`/ip/dhcp-server`: clients whose device asks for its address."""

from __future__ import annotations

from routersim.addresses import Address, Addresses, InterfaceAddress
from routersim.computed import lease_expires, whether, while_bound
from routersim.durations import Duration
from routersim.menu import (
    COMMENT,
    COMMENTED,
    DISABLED,
    DYNAMIC,
    SWITCHABLE,
    Field,
    Menu,
    State,
    Unique,
    zeros,
)
from routersim.values import Choice, Choices, Flag, Mac, Reference, Whole

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - what a lease without an address shows
PARENT = Reference("/queue/simple", also=("none",))
PLACE = Reference("/queue/simple", also=("bottom", "first"))
OPTION_SET = Choice(("none",))

DHCP_SERVER = Menu(
    "/ip/dhcp-server",
    fields=(
        Field("name"),
        Field("interface", Reference("/interface"), required=True),
        Field("relay", Address()),
        Field("server-address", Address()),
        Field("lease-time", Duration(), "30m"),
        Field("address-pool", Reference("/ip/pool", also=("static-only",)), "static-only"),
        Field("address-lists", default=""),
        Field("bootp-support", Choice(("dynamic", "none", "static")), "static"),
        Field("bootp-lease-time", Duration(("forever", "lease-time")), "forever"),
        Field("delay-threshold", Duration(("none",)), "none"),
        Field("authoritative", Choice(("after-10sec-delay", "after-2sec-delay", "no", "yes")), "yes"),
        Field("always-broadcast", Flag()),
        Field("add-arp", Flag()),
        Field("allow-dual-stack-queue", Flag()),
        Field("client-mac-limit", Whole(1, 2**32 - 1, also=("unlimited",))),
        Field("conflict-detection", Flag()),
        Field("dhcp-option-set", OPTION_SET),
        Field("dynamic-lease-identifiers", Choices(("client-mac", "client-id", "opt-82"))),
        Field("insert-queue-before", PLACE),
        Field("parent-queue", PARENT),
        Field("support-broadband-tr101", Flag()),
        Field("use-framed-as-classless", Flag(), "true"),
        Field("use-radius", Choice(("accounting", "no", "yes")), "no"),
        Field("use-reconfigure", Flag(), "false"),
        Field("lease-script", default=""),
        COMMENT,
        DISABLED,
    ),
    states=(*zeros("invalid", value="false"), DYNAMIC),
    commands=SWITCHABLE,
    unique=(Unique(("name",), "failure: server with such name already exists"),),
    name_prefix="dhcp",
)

DHCP_LEASE = Menu(
    "/ip/dhcp-server/lease",
    fields=(
        Field("address", Address(), hidden=(NO_ADDRESS,)),
        Field("mac-address", Mac()),
        Field("client-id"),
        Field("server", Reference("/ip/dhcp-server", also=("all",)), hidden=("all",)),
        Field("lease-time", Duration(), hidden=("0s",)),
        Field("address-lists", default=""),
        Field("agent-circuit-id"),
        Field("agent-remote-id"),
        Field("allow-dual-stack-queue", Flag(), unsettable=True),
        Field("always-broadcast", Flag()),
        Field("block-access", Flag()),
        Field("dhcp-option", default=""),
        Field("dhcp-option-set", OPTION_SET),
        Field("insert-queue-before", PLACE, unsettable=True),
        Field("parent-queue", PARENT, unsettable=True),
        Field("queue-type", Reference("/queue/type"), unsettable=True),
        Field("rate-limit", hidden=("",)),
        Field("routes", hidden=("",)),
        Field("use-src-mac", Flag()),
        Field("status", default="waiting", fixed=True, volatile=True),
        Field("active-address", fixed=True, volatile=True),
        Field("active-mac-address", fixed=True, volatile=True),
        Field("active-server", Reference("/ip/dhcp-server"), fixed=True, volatile=True),
        Field("host-name", fixed=True, volatile=True),
        # For how long the device was given its address.
        Field("bound-for", fixed=True, volatile=True, write_only=True),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("expires-after", lease_expires),
        State("last-seen", lambda router, row: while_bound(row) or "never"),
        State("radius", "false"),
        DYNAMIC,
        State("blocked", lambda router, row: whether(row.values.get("block-access") == "true")),
    ),
    commands=SWITCHABLE | {"unset", "make-static", "check-status", "send-reconfigure"},
    unique=(
        Unique(
            ("server", "mac-address"),
            "failure: already have static lease for this client",
            static_only=True,
            needs=("mac-address",),
        ),
        Unique(
            ("address",),
            "failure: already have static lease with this IP address",
            static_only=True,
            needs=("address",),
        ),
    ),
    print_flags=frozenset({"active"}),
    yields=frozenset({"remove"}),
)

DHCP_NETWORK = Menu(
    "/ip/dhcp-server/network",
    fields=(
        Field("address", InterfaceAddress(), "0.0.0.0/0"),
        Field("gateway", Addresses(), default=""),
        Field("netmask", Whole(0, 32), hidden=("0",)),
        Field("dns-server", Addresses(), default=""),
        Field("dns-none", Flag(), hidden=("false",)),
        Field("ntp-server", Addresses(), default=""),
        Field("ntp-none", Flag(), hidden=("false",)),
        Field("wins-server", Addresses(), default=""),
        Field("caps-manager", Addresses(), default=""),
        Field("next-server", Address(), unsettable=True),
        Field("boot-file-name", hidden=("",)),
        Field("domain", hidden=("",)),
        Field("dhcp-option", default=""),
        Field("dhcp-option-set", OPTION_SET),
        COMMENT,
    ),
    states=(DYNAMIC,),
    commands=COMMENTED | {"unset"},
    unique=(Unique(("address",), "failure: such network already exists"),),
)

MENUS = (DHCP_SERVER, DHCP_LEASE, DHCP_NETWORK)
