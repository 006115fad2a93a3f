"""What a hundred times as many installations or requests cost: each list, each search and each form saved, on
PostgreSQL.

Both databases are there at once and asked in turn, each question as the service answers it: from what was asked for to
what is sent, in a transaction of its own. Half of the rows are of the company that asks.
"""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterator
from typing import Any, Protocol

from bench.figures import Figure, percentile
from bench.office import Office, Question
from bench.population import Population
from bench.reception import Reception
from bench.requested import Requested
from bench.room import Room
from chassis.storage import Database

INSTALLATIONS = (10_000, 1_000_000)
REQUESTS = (5_000, 500_000)
ROUNDS = 200
"""So that a percentile of 99 is not the one time that the machine did something else."""
WARM = 5
PER_P50, PER_P99 = 1.3, 1.5
GROUPS = ("lists", "searches", "saves")


class Asker(Protocol):
    """Whose questions are compared; each is asked with the number of the round."""

    def lists(self) -> dict[str, Question]: ...
    def searches(self) -> dict[str, Question]: ...
    def saves(self) -> dict[str, Question]: ...


def measure(room: Room) -> list[Figure]:
    with contextlib.ExitStack() as stack:
        offices = [stack.enter_context(_office(room, size)) for size in INSTALLATIONS]
        figures = figures_of("growth", *offices)
    with contextlib.ExitStack() as stack:
        receptions = [stack.enter_context(_reception(room, size)) for size in REQUESTS]
        return figures + figures_of("growth_requests", *receptions)


def figures_of(name: str, few: Asker, many: Asker) -> list[Figure]:
    figures = []
    for group in GROUPS:
        seconds, rows = _asked(getattr(few, group)(), getattr(many, group)())
        figures.append(_figure(f"{name}_{group}_p50", seconds, rows, 0.5, PER_P50))
        figures.append(_figure(f"{name}_{group}_p99", seconds, rows, 0.99, PER_P99))
    return figures


Both = dict[str, tuple[list[float], list[float]]]


def _asked(few: dict[str, Question], many: dict[str, Question]) -> tuple[Both, dict[str, list[int | None]]]:
    """The seconds that each question took, among few and among many; and how many rows the last answers had."""
    taken: Both = {name: ([], []) for name in few}
    rows: dict[str, list[int | None]] = {name: [None, None] for name in few}
    # What was made until here stays; to look through it for garbage now and then would be some question's time.
    gc.collect()
    gc.freeze()
    for turn in range(-WARM, ROUNDS):
        for name, both in taken.items():
            for side, questions in enumerate((few, many)):
                started = time.perf_counter()
                answer = questions[name](turn)
                if turn >= 0:
                    both[side].append(time.perf_counter() - started)
                rows[name][side] = len(answer["rows"]) if isinstance(answer, dict) and "rows" in answer else None
    return taken, rows


def _figure(name: str, seconds: Both, rows: dict[str, list[int | None]], share: float, at_most: float) -> Figure:
    """Of the question that grows most; all of them are in the detail: milliseconds, their ratio, rows answered."""
    each = {name: [1000 * percentile(found, share) for found in both] for name, both in seconds.items()}
    ratios = {name: many / few for name, (few, many) in each.items()}
    worst = max(ratios, key=ratios.__getitem__)
    few, many = each[worst]
    beyond = {name: round(ratio, 2) for name, ratio in ratios.items() if ratio > at_most}
    detail: dict[str, Any] = {"worst": worst, "beyond": beyond} | {
        name: [round(few, 2), round(many, 2), round(ratios[name], 2), *rows[name]] for name, (few, many) in each.items()
    }
    return Figure(
        name=name, value=many, limit=few, ratio=ratios[worst], unit="ms, worst", at_most=at_most, detail=detail
    )


@contextlib.contextmanager
def _office(room: Room, size: int) -> Iterator[Office]:
    with room.databases.database() as url:
        population = Population(url, size)
        population.fill()
        database = Database(url)
        try:
            yield Office(database, population)
        finally:
            database.close()


@contextlib.contextmanager
def _reception(room: Room, size: int) -> Iterator[Reception]:
    with room.databases.database() as url:
        requested = Requested(url, size)
        requested.fill()
        database = Database(url)
        try:
            yield Reception(database, requested)
        finally:
            database.close()
