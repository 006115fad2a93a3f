"""Turns for others in long work: on SQLite nothing else lets the green threads of a service run meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Each = TypeVar("Each")


def breathe() -> None:
    """A turn for whoever waits. Costs tens of microseconds where nobody does."""
    time.sleep(0)


def breathing(rows: Iterable[Each]) -> Iterator[Each]:
    """The same ones, with such a turn after each."""
    for row in rows:
        yield row
        breathe()
