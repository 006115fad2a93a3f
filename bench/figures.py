"""Measuring a system and its raw limit alternately, and saying whether the goal is met."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of `var/bench.json`. `ratio` is what the goal speaks of: `at_least` or `at_most` it."""

    name: str
    value: float
    limit: float
    ratio: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    detail: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def met(self) -> bool:
        return (self.at_least is None or self.ratio >= self.at_least) and (
            self.at_most is None or self.ratio <= self.at_most
        )

    def row(self) -> dict[str, Any]:
        goal = f">= {self.at_least}" if self.at_least is not None else f"<= {self.at_most}"
        figures = {"value": round(self.value, 4), "limit": round(self.limit, 4), "ratio": round(self.ratio, 3)}
        return figures | {"unit": self.unit, "goal": goal, "met": self.met, **self.detail}


class Lost(Exception):
    """A message was lost or doubled: the run counts for nothing, however fast it was."""


def alternately(
    rounds: int, limit: Callable[[], float], system: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """`limit` and `system` run A B A B, so that a slow minute of the machine hits both."""
    limits, values = [], []
    for _ in range(rounds):
        limits.append(limit())
        values.append(system())
    return limits, values


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` of all do not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(samples: Sequence[float]) -> list[float]:
    """Minimum, median and maximum."""
    return [round(x, 4) for x in (min(samples), statistics.median(samples), max(samples))]
