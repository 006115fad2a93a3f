"""`/ip/firewall`: lists of addresses, rules in their order, and the connections that are open."""

from __future__ import annotations

from routersim.addresses import Address, AddressRange, ListedAddress
from routersim.computed import time_left, written_at
from routersim.durations import Duration
from routersim.menu import (
    COMMENT,
    DISABLED,
    DYNAMIC,
    FREE_TEXT,
    READ_ONLY,
    SWITCHABLE,
    Field,
    Menu,
    State,
    Unique,
    Values,
    zeros,
)
from routersim.values import PORTS, Choice, Choices, Flag, Kind, Mac, Negatable, Pattern, Reference, Trap, Whole

ADDRESS_LIST = Menu(
    "/ip/firewall/address-list",
    fields=(
        Field("list", required=True),
        Field("address", ListedAddress(), "0.0.0.0"),  # noqa: S104 - what an entry without an address reads as
        # Printed as what is left of it.
        Field("timeout", Duration(), write_only=True),
        Field("dynamic", Flag(), write_only=True),
        COMMENT,
        DISABLED,
    ),
    states=(State("creation-time", written_at), State("timeout", time_left), DYNAMIC),
    commands=SWITCHABLE,
    unique=(Unique(("list", "address"), "failure: already have such entry", enabled_only=True),),
    # An entry with a timeout lives in memory only.
    lifetime="timeout",
    yields=frozenset({"set", "remove"}),
)

_PROTOCOLS = (
    "dccp", "ddp", "egp", "encap", "etherip", "ggp", "gre", "hmp", "icmp", "icmpv6", "idpr-cmtp", "igmp", "ipencap",
    "ipip", "ipsec-ah", "ipsec-esp", "ipv6-encap", "ipv6-frag", "ipv6-nonxt", "ipv6-opts", "ipv6-route", "iso-tp4",
    "l2tp", "ospf", "pim", "pup", "rdp", "rspf", "rsvp", "sctp", "st", "tcp", "udp", "udp-lite", "vmtp", "vrrp",
    "xns-idp", "xtp",
)  # fmt: skip
_WITH_PORTS = ("tcp", "udp", "udp-lite", "dccp", "sctp")
_INTERFACE = Negatable(Reference("/interface"))
_INTERFACES = Negatable(Choice(("all", "none", "dynamic", "static")))
_ADDRESS = Negatable(AddressRange())
_ADDRESS_TYPE = Negatable(Choices(("unicast", "local", "broadcast", "multicast", "blackhole")))
_PORTS = Negatable(PORTS)

# What a rule may look at. Without a kind: kept as it was typed.
_MATCHERS: dict[str, Kind] = {
    "src-address": _ADDRESS,
    "dst-address": _ADDRESS,
    "src-address-list": FREE_TEXT,
    "dst-address-list": FREE_TEXT,
    "src-address-type": _ADDRESS_TYPE,
    "dst-address-type": _ADDRESS_TYPE,
    "src-mac-address": Negatable(Mac()),
    "protocol": Negatable(Choice((*_PROTOCOLS, *map(str, range(256))))),
    "src-port": _PORTS,
    "dst-port": _PORTS,
    "port": _PORTS,
    "in-interface": _INTERFACE,
    "out-interface": _INTERFACE,
    "in-interface-list": _INTERFACES,
    "out-interface-list": _INTERFACES,
    "in-bridge-port": _INTERFACE,
    "out-bridge-port": _INTERFACE,
    "in-bridge-port-list": _INTERFACES,
    "out-bridge-port-list": _INTERFACES,
    "connection-mark": FREE_TEXT,
    "connection-type": Negatable(Choice(("ftp", "h323", "irc", "pptp", "quake3", "sip", "tftp"))),
    "connection-bytes": Pattern(r"\d+(-\d+)?"),
    "connection-limit": Pattern(r"!?\d+,\d+"),
    "connection-rate": Pattern(r"!?\d+[kMG]?-\d+[kMG]?"),
    "packet-mark": FREE_TEXT,
    "routing-mark": FREE_TEXT,
    "content": FREE_TEXT,
    "dscp": Negatable(Whole(0, 63)),
    "dst-limit": FREE_TEXT,
    "fragment": Flag(),
    "hotspot": Negatable(Choices(("auth", "from-client", "http", "local-dst", "to-client"))),
    "icmp-options": FREE_TEXT,
    "ingress-priority": Negatable(Whole(0, 63)),
    "ipsec-policy": Pattern("(in|out),(none|ipsec)"),
    "ipv4-options": Choice(
        (
            "any", "loose-source-routing", "no-record-route", "no-router-alert", "no-source-routing", "no-timestamp",
            "none", "record-route", "router-alert", "strict-source-routing", "timestamp",
        )
    ),
    "layer7-protocol": FREE_TEXT,
    "limit": FREE_TEXT,
    "nth": Pattern(r"!?\d+(,\d+)?"),
    "packet-size": Pattern(r"!?\d+(-\d+)?"),
    "per-connection-classifier": FREE_TEXT,
    "priority": Negatable(Whole(0, 63)),
    "psd": FREE_TEXT,
    "random": Whole(1, 99),
    "realm": Negatable(Whole(0, 2**32 - 1)),
    "tcp-mss": Pattern(r"!?\d+(-\d+)?"),
    "time": FREE_TEXT,
    "tos": FREE_TEXT,
    "ttl": Pattern(r"(equal|greater-than|less-than|not-equal):\d+"),
}  # fmt: skip

_FILTER_MATCHERS: dict[str, Kind] = {
    "connection-state": Negatable(Choices(("invalid", "established", "related", "new", "untracked"))),
    "connection-nat-state": Negatable(Choices(("srcnat", "dstnat", "ein-snat", "ein-dnat"))),
    "p2p": FREE_TEXT,
    "tcp-flags": FREE_TEXT,
    "tls-host": FREE_TEXT,
}


def _matchers(kinds: dict[str, Kind]) -> tuple[Field, ...]:
    return tuple(Field(name, kind, unsettable=True) for name, kind in kinds.items())


def ports_need_a_protocol(values: Values) -> None:
    """Only protocols that have ports can be asked for them."""
    asked = values.keys() & {"src-port", "dst-port", "port"}
    if asked and values.get("protocol") not in _WITH_PORTS:
        raise Trap(f"failure: ports can be specified if proto is {','.join(_WITH_PORTS)}")


_LISTING = (
    Field("address-list", hidden=("",)),
    Field("address-list-timeout", Duration(("none-dynamic", "none-static"))),
)
_LOGGING = (Field("log", Flag(), "false"), Field("log-prefix", default=""))
_RULES_COMMANDS = SWITCHABLE | {"move", "unset", "reset-counters", "reset-counters-all"}
_PRINT_FLAGS = frozenset({"all", "chain", "dynamic", "static", "stats"})
_COUNTERS = (*zeros("bytes", "packets"), *zeros("invalid", value="false"), DYNAMIC)

FILTER = Menu(
    "/ip/firewall/filter",
    fields=(
        Field("chain", required=True),
        Field(
            "action",
            Choice(
                (
                    "accept", "add-dst-to-address-list", "add-src-to-address-list", "drop", "fasttrack-connection",
                    "jump", "log", "passthrough", "reject", "return", "tarpit",
                )
            ),
            "accept",
        ),
        Field("jump-target", hidden=("",)),
        Field(
            "reject-with",
            Choice(
                (
                    "icmp-admin-prohibited", "icmp-host-prohibited", "icmp-host-unreachable", "icmp-net-prohibited",
                    "icmp-network-unreachable", "icmp-port-unreachable", "icmp-protocol-unreachable", "tcp-reset",
                )
            ),
        ),
        *_LISTING,
        *_matchers(_MATCHERS | _FILTER_MATCHERS),
        *_LOGGING,
        COMMENT,
        DISABLED,
    ),
    states=_COUNTERS,
    commands=_RULES_COMMANDS,
    rules=(ports_need_a_protocol,),
    print_flags=_PRINT_FLAGS,
)  # fmt: skip

NAT = Menu(
    "/ip/firewall/nat",
    fields=(
        Field("chain", required=True),
        Field(
            "action",
            Choice(
                (
                    "accept", "add-dst-to-address-list", "add-src-to-address-list", "dst-nat",
                    "endpoint-independent-nat", "jump", "log", "masquerade", "netmap", "passthrough", "redirect",
                    "return", "same", "socksify", "src-nat",
                )
            ),
            "accept",
        ),
        Field("jump-target", hidden=("",)),
        Field("to-addresses", AddressRange(), unsettable=True),
        Field("to-ports", Pattern(r"\d{1,5}(-\d{1,5})?"), unsettable=True),
        Field("randomise-ports", Flag()),
        Field("same-not-by-dst", Flag()),
        Field("socks5-server", Address()),
        Field("socks5-port", Whole(1, 65535)),
        Field("socksify-service"),
        *_LISTING,
        *_matchers(_MATCHERS),
        *_LOGGING,
        COMMENT,
        DISABLED,
    ),
    states=_COUNTERS,
    commands=_RULES_COMMANDS,
    rules=(ports_need_a_protocol,),
    print_flags=_PRINT_FLAGS,
)  # fmt: skip

CONNECTION = Menu(
    "/ip/firewall/connection",
    fields=tuple(Field(name, fixed=True) for name in ("protocol", "src-address", "dst-address", "tcp-state")),
    states=(
        State("reply-src-address", lambda router, row: row.values["dst-address"]),
        State("reply-dst-address", lambda router, row: row.values["src-address"]),
        State("timeout", "23h59m59s"),
        *zeros("orig-bytes", "orig-packets", "repl-bytes", "repl-packets"),
        *zeros("assured", "confirmed", "seen-reply", value="true"),
        *zeros("dying", "expected", "fasttrack", "srcnat", "dstnat", value="false"),
    ),
    commands=READ_ONLY | {"remove"},
    yields=frozenset({"remove"}),
)

MENUS = (ADDRESS_LIST, FILTER, NAT, CONNECTION)
