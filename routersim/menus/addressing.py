"""`/ip`: pools, addresses, the table of hardware addresses, and names."""

from __future__ import annotations

from routersim.addresses import Address, InterfaceAddress, Ranges
from routersim.computed import network_of, pool_available, pool_total, pool_used, whether
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
from routersim.values import Choice, Flag, Mac, Reference, Whole

IP_POOL = Menu(
    "/ip/pool",
    fields=(
        Field("name"),
        Field("ranges", Ranges(), required=True),
        Field("next-pool", Reference("/ip/pool", also=("none",)), "none"),
        COMMENT,
    ),
    states=(State("total", pool_total), State("used", pool_used), State("available", pool_available)),
    unique=(Unique(("name",), "failure: pool with such name exists"),),
    name_prefix="pool",
)

IP_POOL_USED = Menu(
    "/ip/pool/used",
    fields=(
        Field("pool", Reference("/ip/pool"), fixed=True),
        Field("address", fixed=True),
        Field("owner", fixed=True),
        Field("info", fixed=True),
    ),
    commands=READ_ONLY,
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
        State("actual-interface", lambda router, row: router.table("/interface").name_of(row.values["interface"])),
        *zeros("invalid", "slave", value="false"),
        DYNAMIC,
    ),
    commands=SWITCHABLE,
    unique=(Unique(("address", "interface"), "failure: already have such address"),),
)

ARP = Menu(
    "/ip/arp",
    fields=(
        Field("address", Address(), "0.0.0.0"),  # noqa: S104 - what an entry without an address reads as
        Field("mac-address", Mac(), "00:00:00:00:00:00"),
        Field("interface", Reference("/interface"), required=True),
        Field("published", Flag(), "false"),
        Field("dhcp", default="false", fixed=True),
        COMMENT,
        DISABLED,
    ),
    states=(
        State("status", lambda router, row: "reachable" if row.dynamic else "permanent"),
        State("complete", lambda router, row: whether("mac-address" in row.values)),
        State("invalid", "false"),
        State("vrf", "main"),
        DYNAMIC,
    ),
    commands=SWITCHABLE,
    yields=frozenset({"remove"}),
)

DNS_STATIC = Menu(
    "/ip/dns/static",
    fields=(
        Field("name", hidden=("",)),
        Field("regexp", hidden=("",)),
        Field("type", Choice(("A", "AAAA", "CNAME", "FWD", "MX", "NS", "NXDOMAIN", "SRV", "TXT")), "A", hidden=("A",)),
        Field("address", Address()),
        Field("cname"),
        Field("forward-to"),
        Field("mx-exchange"),
        Field("mx-preference", Whole(0, 65535)),
        Field("ns"),
        Field("srv-port", Whole(0, 65535)),
        Field("srv-priority", Whole(0, 65535)),
        Field("srv-target"),
        Field("srv-weight", Whole(0, 65535)),
        Field("text"),
        Field("ttl", Duration(), "1d"),
        Field("address-list", hidden=("",)),
        Field("match-subdomain", Flag(), hidden=("false",)),
        COMMENT,
        DISABLED,
    ),
    states=(DYNAMIC,),
    commands=SWITCHABLE | {"move"},
    unique=(Unique(("name", "regexp", "type", "address", "cname", "text"), "failure: entry already exists"),),
)

MENUS = (IP_POOL, IP_POOL_USED, IP_ADDRESS, ARP, DNS_STATIC)
