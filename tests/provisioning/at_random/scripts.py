"""What happens to a network, drawn at random: who does what, what fails, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from services.provisioning.modes import SUPPORTED, WAYS_OF

CLIENTS, ROUTERS = 3, 3

PLANS = {"fast": (50_000, 10_000), "usual": (10_000, 2_000), "slow": (512, 256)}
NAMES = ("ana.lopez", "Núñez", "eva", "luis", "rosa", "vip")
"""Clients compete for them; staff have a row of their own called `vip` in every menu of every router."""

DROPS = ("/", "/queue/simple/add", "/queue/simple/set", "/ip/firewall/address-list/add", "/ppp/secret", "/ip/hotspot")
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("drop", {"at": f"{when}:{nth}"}) for when in ("before", "after") for nth in (1, 2, 3, 5)),
    *(("drop", {"at": f"{when}:1:{command}"}) for when in ("before", "after") for command in DROPS[1:]),
    ("slow", {"ms": "10-80"}),
    ("slow", {"ms": 150}),
    ("hang", {}),
    ("hang", {"command": "/queue"}),
    ("reboot", {"seconds": 0.3}),
    ("offline", {}),
    ("cut", {}),
    ("reject", {"times": 1}),
    ("reject", {}),
    ("limit", {"sessions": 0}),
    ("limit", {"sessions": 1}),
)
DEATHS = (
    "now",
    "provisioning.connected",
    "provisioning.read",
    "provisioning.written",
    "provisioning.verified",
    "provisioning.removed.queue-simple",
    "provisioning.wrote.queue-simple",
    "provisioning.wrote.ip-firewall-address-list",
    "job.provisioning.adjust.worked",
    "job.provisioning.withdraw.worked",
    "job.provisioning.apply.committed",
)


@dataclass(frozen=True, repr=False)
class Step:
    """`who` is a client, a router or a replica, by number."""

    what: str
    who: int = 0
    how: Any = None

    def __str__(self) -> str:
        subject = "router" if self.what in ("fault", "lift", "compare") else "client"
        subject = {"kill": "replica", "settle": ""}.get(self.what, subject)
        said = " ".join(filter(None, (self.what, f"{subject} {self.who}" if subject else "")))
        return said if self.how is None else f"{said}: {self.how}"

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class Script:
    """`routers`: the mode of each, and how it suspends."""

    routers: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        routers = [f"router {number}: {mode}, suspends by {way}" for number, (mode, way) in enumerate(self.routers)]
        return "\n".join(["", *routers, *map(str, self.steps)])

    __repr__ = __str__


def _router(mode: str) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from(WAYS_OF[mode]).map(lambda way: (mode, way))


def _steps(*, deaths: bool) -> st.SearchStrategy[Step]:
    client, router = st.integers(0, CLIENTS - 1), st.integers(0, ROUTERS - 1)

    def step(what: str, who: Any = client, how: Any = None) -> st.SearchStrategy[Step]:
        return st.builds(Step, st.just(what), who, st.none() if how is None else how)

    name = st.sampled_from(NAMES)
    commands = (
        step("activate", client, router),
        step("plan", client, st.sampled_from(sorted(PLANS))),
        step("address"),
        step("rename", client, name),
        step("move", client, router),
        step("suspend", client, st.sampled_from(["billing", "staff"])),
        step("reconnect", client, st.sampled_from(["billing", "staff"])),
        step("remove"),
        step("cancel"),
        step("leave"),
        step("stay"),
        step("retry"),
        step("dial"),
        step("again"),
        step("stale"),
    )
    others = (
        step("spoil", client, st.sampled_from(["delete", "alter", "copy"])),
        step("compare", router),
        step("settle", st.just(0)),
        step("lift", router),
    )
    fault = step("fault", router, st.sampled_from(FAULTS).map(lambda fault: f"{fault[0]} {_spelled(fault[1])}".strip()))
    kill = step("kill", st.integers(0, 1), st.sampled_from(DEATHS))
    return st.one_of(*commands, fault, fault, fault, fault, *others, *((kill,) if deaths else ()))


def _spelled(parameters: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in parameters.items())


def fault_of(text: str) -> tuple[str, dict[str, str]]:
    """The order for a control port."""
    order, *parameters = text.split()
    return order, dict(parameter.split("=", 1) for parameter in parameters)


@st.composite
def scripts(draw: st.DrawFn, *, longest: int, deaths: bool = True) -> Script:
    """All clients are activated at first, so that there is something to happen to."""
    modes = draw(st.permutations(SUPPORTED))[:ROUTERS]
    routers = tuple(draw(_router(mode)) for mode in modes)
    first = [Step("activate", number, draw(st.integers(0, ROUTERS - 1))) for number in range(CLIENTS)]
    steps = draw(st.lists(_steps(deaths=deaths), min_size=longest // 2, max_size=longest))
    return Script(routers, (*first, *steps))
