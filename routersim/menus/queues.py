"""`/queue`: what a client may send and receive."""

from __future__ import annotations

from routersim.addresses import Targets
from routersim.durations import Duration
from routersim.menu import COMMENT, DISABLED, DYNAMIC, EDITABLE, SWITCHABLE, Field, Menu, State, Unique, Values, zeros
from routersim.values import Choice, Choices, Flag, Fraction, Pair, Reference, Trap, Whole

RATE = Whole(suffixes=True)
# Id *1 is the first, *A the last.
DEFAULT_TYPES = (
    "default", "ethernet-default", "wireless-default", "synchronous-default", "hotspot-default",
    "pcq-upload-default", "pcq-download-default", "only-hardware-queue", "multi-queue-ethernet-default",
    "default-small",
)  # fmt: skip
_KINDS = {"pcq-upload-default": "pcq", "pcq-download-default": "pcq", "only-hardware-queue": "none",
          "multi-queue-ethernet-default": "mq-pfifo", "wireless-default": "sfq", "synchronous-default": "red",
          "hotspot-default": "sfq"}  # fmt: skip


def limits_fit(values: Values) -> None:
    """A guaranteed rate above the highest rate is refused; a highest rate of 0 is no limit."""
    if "limit-at" not in values:
        return
    guaranteed = values["limit-at"].split("/")
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
        *zeros("bytes", "packets", "dropped", "rate", "packet-rate", "queued-packets", "queued-bytes", value="0/0"),
        *zeros("total-bytes", "total-packets", "total-dropped", "total-rate", "total-packet-rate"),
        *zeros("total-queued-packets", "total-queued-bytes"),
        *zeros("invalid", value="false"),
        DYNAMIC,
    ),
    commands=SWITCHABLE | {"unset", "move", "reset-counters", "reset-counters-all"},
    unique=(Unique(("name",), "failure: already have such name"),),
    rules=(limits_fit,),
    name_prefix="queue",
    print_flags=frozenset({"stats", "bytes", "packets", "rate"}),
)

_WORD = 2**32 - 1
_SHAPING = {
    "pfifo-limit": Whole(1, _WORD),
    "bfifo-limit": Whole(1000, _WORD),
    "mq-pfifo-limit": Whole(1, _WORD),
    "sfq-perturb": Whole(0, _WORD),
    "sfq-allot": Whole(0, 32767),
    "red-limit": Whole(0, _WORD),
    "red-min-threshold": Whole(0, _WORD),
    "red-max-threshold": Whole(0, _WORD),
    "red-burst": Whole(0, _WORD),
    "red-avg-packet": Whole(1, 65535),
    "pcq-rate": Whole(0, _WORD, suffixes=True),
    "pcq-limit": Whole(1, _WORD, unit="KiB"),
    "pcq-total-limit": Whole(1, _WORD, unit="KiB"),
    "pcq-classifier": Choices(("src-address", "dst-address", "src-port", "dst-port")),
    "pcq-burst-rate": Whole(0, _WORD, suffixes=True),
    "pcq-burst-threshold": Whole(0, _WORD, suffixes=True),
    "pcq-burst-time": Duration(),
    "pcq-src-address-mask": Whole(0, 32),
    "pcq-dst-address-mask": Whole(0, 32),
    "pcq-src-address6-mask": Whole(0, 128),
    "pcq-dst-address6-mask": Whole(0, 128),
    "codel-limit": Whole(0, _WORD),
    "codel-target": Duration(),
    "codel-interval": Duration(),
    "codel-ecn": Flag(),
    "codel-ce-threshold": Duration(),
    "fq-codel-limit": Whole(0, _WORD),
    "fq-codel-flows": Whole(0, _WORD),
    "fq-codel-quantum": Whole(0, _WORD),
    "fq-codel-memlimit": Whole(0, _WORD),
    "fq-codel-target": Duration(),
    "fq-codel-interval": Duration(),
    "fq-codel-ecn": Flag(),
    "fq-codel-ce-threshold": Duration(),
    "cake-bandwidth": Whole(suffixes=True, unit="bps"),
    "cake-autorate-ingress": Flag(),
    "cake-overhead": Whole(-64, 256),
    "cake-mpu": Whole(0, 256),
    "cake-atm": Choice(("atm", "none", "ptm")),
    "cake-rtt": Duration(),
    "cake-diffserv": Choice(("besteffort", "diffserv3", "diffserv4", "diffserv8", "precedence")),
    "cake-flowmode": Choice(
        ("dsthost", "dual-dsthost", "dual-srchost", "flowblind", "flows", "hosts", "srchost", "triple-isolate")
    ),
    "cake-nat": Flag(),
    "cake-wash": Flag(),
    "cake-ack-filter": Choice(("aggressive", "filter", "none")),
    "cake-memlimit": Whole(0, _WORD),
    "cake-overhead-scheme": Choice(
        (
            "bridged-llcsnap", "bridged-ptm", "bridged-vcmux", "convervative", "docsis", "ether-vlan", "ethernet",
            "ipoa-llcsnap", "ipoa-vcmux", "pppoa-llc", "pppoa-vcmux", "pppoe-llcsnap", "pppoe-ptm", "pppoe-vcmux",
            "raw", "via-ethernet",
        )
    ),
    "cake-rtt-scheme": Choice(
        ("datacentre", "internet", "interplanetary", "lan", "metro", "none", "oceanic", "regional", "satellite")
    ),
}  # fmt: skip

QUEUE_TYPE = Menu(
    "/queue/type",
    fields=(
        Field("name", required=True),
        Field(
            "kind",
            Choice(("bfifo", "cake", "codel", "fq-codel", "mq-pfifo", "none", "pcq", "pfifo", "red", "sfq")),
            required=True,
        ),
        *(Field(name, kind) for name, kind in _SHAPING.items()),
    ),
    states=(State("default", lambda router, row: "true" if row.builtin else "false"),),
    commands=EDITABLE,
    unique=(Unique(("name",), "failure: already have such name"),),
    rows=tuple(
        {"name": name, "kind": _KINDS.get(name, "pfifo"), "!id": f"*{number:X}", "!builtin": "yes"}
        for number, name in enumerate(DEFAULT_TYPES, start=1)
    ),
)

MENUS = (QUEUE_SIMPLE, QUEUE_TYPE)
