"""What a hundred times as many installations or requests cost: each list, each search and each form saved, on
PostgreSQL.

Both databases are there at once and asked in turn, each question as the service answers it: from what was asked for to
what is sent, in a transaction of its own. Half of the rows are of the company that asks.

What is asked for finds as many rows among few as among many: a full page of a common word, which ever more have, and a
dozen, one or none of a rare one; a run in which it doesn't counts for nothing. Before it begins, both databases are
brought to where years of work would have them: all pages tidied up, frozen and written out, the planner's figures
taken, and each question asked some times, so that what it needs is in memory as far as it has room there.
"""

from __future__ import annotations

import contextlib
import gc
import statistics
import time
from collections.abc import Iterator
from typing import Any, TypeVar

from bench.asking import Asker, Question, rows_of
from bench.figures import Figure, Lost, percentile
from bench.filling import settle
from bench.office import Office
from bench.population import Population
from bench.reception import Reception
from bench.requested import Requested
from bench.room import Room
from chassis.storage import Database

INSTALLATIONS = (10_000, 1_000_000)
REQUESTS = (5_000, 500_000)
ROUNDS = 200
"""So that a percentile of 99 is not the one time that the machine did something else."""
WARM = 20
PER_P50, PER_P99 = 1.3, 1.5
GROUPS = ("lists", "searches", "saves")

Both = tuple[list[Any], list[Any]]
Rows = TypeVar("Rows", Population, Requested)


def measure(room: Room) -> list[Figure]:
    with contextlib.ExitStack() as stack:
        populations = [Population(_new(room, stack), size) for size in INSTALLATIONS]
        figures = figures_of("growth", *(Office(database, each) for database, each in _filled(stack, populations)))
    with contextlib.ExitStack() as stack:
        requested = [Requested(_new(room, stack), size) for size in REQUESTS]
        receptions = (Reception(database, each) for database, each in _filled(stack, requested))
        return figures + figures_of("growth_requests", *receptions)


def figures_of(name: str, few: Asker, many: Asker) -> list[Figure]:
    figures = []
    for group in GROUPS:
        seconds, rows = _asked(getattr(few, group)(), getattr(many, group)())
        figures.append(_figure(f"{name}_{group}_p50", seconds, rows, 0.5, PER_P50))
        figures.append(_figure(f"{name}_{group}_p99", seconds, rows, 0.99, PER_P99))
    return figures


def _asked(few: dict[str, Question], many: dict[str, Question]) -> tuple[dict[str, Both], dict[str, Any]]:
    """The seconds that each question took, among few and among many; and how many rows were the answer."""
    taken: dict[str, Both] = {name: ([], []) for name in few}
    rows: dict[str, Both] = {name: ([], []) for name in few}
    with _no_garbage_meanwhile():
        for turn in range(-WARM, ROUNDS):
            for name, both in taken.items():
                sides = list(enumerate((few, many)))
                for side, questions in sides if turn % 2 else sides[::-1]:
                    started = time.perf_counter()
                    answer = questions[name](turn)
                    if turn >= 0:
                        both[side].append(time.perf_counter() - started)
                        rows[name][side].append(rows_of(answer))
            gc.collect()
    return taken, {name: _as_many(name, *answered) for name, answered in rows.items()}


@contextlib.contextmanager
def _no_garbage_meanwhile() -> Iterator[None]:
    """To look for it would be some question's time; what was made until here stays and isn't looked through."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _as_many(name: str, few: list[int | None], many: list[int | None]) -> float | None:
    """How many rows answer the question, on average; raises `Lost` when they are not about the same among many."""
    if None in few:
        return None
    answered = [statistics.mean(rows) for rows in (few, many)]
    if abs(answered[0] - answered[1]) > 0.5:
        raise Lost(f"{name} has {answered[0]:g} rows among few and {answered[1]:g} among many")
    return round(answered[1], 1)


def _figure(name: str, seconds: dict[str, Both], rows: dict[str, Any], share: float, at_most: float) -> Figure:
    """Of the question that grows most; all of them are in the detail: milliseconds, their ratio, rows answered."""
    each = {name: [1000 * percentile(found, share) for found in both] for name, both in seconds.items()}
    ratios = {name: many / few for name, (few, many) in each.items()}
    worst = max(ratios, key=ratios.__getitem__)
    few, many = each[worst]
    beyond = {name: round(ratio, 2) for name, ratio in ratios.items() if ratio > at_most}
    detail: dict[str, Any] = {"worst": worst, "within": f"{len(ratios) - len(beyond)}/{len(ratios)}", "beyond": beyond}
    detail |= {
        name: [round(few, 2), round(many, 2), round(ratios[name], 2), rows[name]] for name, (few, many) in each.items()
    }
    return Figure(
        name=name, value=many, limit=few, ratio=ratios[worst], unit="ms, worst", at_most=at_most, detail=detail
    )


def _new(room: Room, stack: contextlib.ExitStack) -> str:
    return stack.enter_context(room.databases.database())


def _filled(stack: contextlib.ExitStack, each: list[Rows]) -> Iterator[tuple[Database, Rows]]:
    """All are filled before the first is settled: filling one leaves the server busy for the other."""
    for rows in each:
        rows.fill()
    for rows in each:
        settle(rows.url)
        yield stack.enter_context(contextlib.closing(Database(rows.url))), rows
