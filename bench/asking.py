"""Questions that are asked of few rows and of many, and whether the answers are as much work to bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Protocol

Question = Callable[[int], Any]
"""Asked with the number of the round."""


class Asker(Protocol):
    """Somebody of a company, whose questions are compared with those of somebody of another."""

    def lists(self) -> dict[str, Question]: ...
    def searches(self) -> dict[str, Question]: ...
    def saves(self) -> dict[str, Question]: ...


def in_turn(asked: Sequence[str], ask: Callable[[str], Any]) -> Question:
    """Another one each round."""
    return lambda turn: ask(asked[turn % len(asked)])


def answering(asked: Iterable[str], ask: Callable[[str], Any], *, rows: int, most: int = 60) -> list[str]:
    """Those to which exactly so many rows are the answer."""
    return list(islice((each for each in asked if rows_of(ask(each)) == rows), most))


def rows_of(answer: Any) -> int | None:
    """How many rows somebody is shown; None for what isn't a list."""
    shown = answer.get("rows", answer.get("agenda")) if isinstance(answer, dict) else None
    return None if shown is None else len(shown)
