"""Parts of a page that come from one service each: when it is away, its part says so and the others stay."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from chassis.errors import Unavailable


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """`data` is None while the service is `away`."""

    service: str
    data: Any
    away: bool


def part(service: str, ask: Callable[[], Any]) -> Part:
    try:
        return Part(service, ask(), away=False)
    except Unavailable:
        return Part(service, None, away=True)
