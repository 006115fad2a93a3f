"""Every step boundary of the story is a named crash point. At each of them the process is killed, and the
story must end as if nothing had happened: one client, one entry on the router, one invoice, each mail once.
One story has several processes killed, each at a few boundaries, or this would take ten times as long.
"""

from __future__ import annotations

import traceback
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.system.crashing import PPPOE, SIMPLE_QUEUE, Scene, eventually

POINTS = Path(__file__).with_name("crash_points.txt")
# So often is a process killed in one story, at boundaries that are far apart.
DEATHS = 3

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def passed(scene: Scene) -> set[str]:
    """The boundaries that undisturbed stories pass, one in each mode."""
    scene.verify(*scene.play(PPPOE))  # the first of a plan makes its profile too, and only that one
    scene.crashes.forget()
    ended = [scene.play(router) for router in (PPPOE, SIMPLE_QUEUE)]
    scene.quiet()
    seen = scene.crashes.seen()  # before `verify` asks questions of its own
    for person, ids in ended:
        scene.verify(person, ids)
    return seen


def test_every_boundary_of_the_story_is_on_the_list(passed: set[str]) -> None:
    assert sorted(passed) == POINTS.read_text().split()


def test_the_story_ends_well_wherever_processes_are_killed(scene: Scene, passed: set[str]) -> None:
    failures = {points: failure for points in _rounds(passed) if (failure := _killed_at(scene, points))}
    assert not failures, "\n".join(f"{' '.join(points)}: {failure}" for points, failure in failures.items())


def _rounds(points: set[str]) -> list[tuple[str, ...]]:
    """All of them, those of one process and round from different commands, handlers or jobs.

    A process that comes back is then not killed again at once, before it did anything.
    """
    by_process: dict[str, list[str]] = {}
    for point in sorted(points):
        by_process.setdefault(_process(point), []).append(point)
    deaths = [part for ordered in by_process.values() for part in _parts(ordered)]
    return [tuple(point for point in together if point) for together in zip_longest(*deaths)]


def _parts(ordered: list[str]) -> list[list[str]]:
    """Neighbours in the list are boundaries of one piece of work, and stay together."""
    length = max(4, -(-len(ordered) // DEATHS))
    return [ordered[start : start + length] for start in range(0, len(ordered), length)]


def _process(point: str) -> str:
    """Whose boundary it is: that of `inbox.billing.on_...` and `billing.wrote` is billing."""
    first, second, *_ = point.split(".")
    return second if first in ("command", "inbox", "job") else first


def _killed_at(scene: Scene, points: tuple[str, ...]) -> str | None:
    """What went wrong, or None."""
    for point in points:
        scene.crashes.arm(point)
    try:
        person, ids = scene.play(PPPOE if any("ppp" in point for point in points) else SIMPLE_QUEUE)
        eventually(lambda: scene.crashes.fired(points), lambda: f"passed none of {scene.crashes.armed()}")
        scene.verify(person, ids)
    except Exception:  # noqa: BLE001 - all failures are told together
        return traceback.format_exc(limit=-2)[-1500:]
    finally:
        scene.crashes.disarm()
    return None
