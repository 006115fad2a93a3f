"""Every step boundary of the story is a named crash point. At each of them the process is killed, and the
story must end as if nothing had happened: one client, one entry on the router, one invoice, each mail once.
"""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from tests.system.crashing import Scene, eventually

POINTS = Path(__file__).with_name("crash_points.txt")

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def passed(scene: Scene) -> set[str]:
    """The boundaries that undisturbed stories pass, one in each mode."""
    scene.verify(*scene.play("pppoe"))  # the first of a plan makes its profile too, and only that one
    scene.crashes.forget()
    for mode in ("pppoe", "simple_queue"):
        scene.verify(*scene.play(mode))
    return scene.crashes.seen()


def test_every_boundary_of_the_story_is_on_the_list(passed: set[str]) -> None:
    assert sorted(passed) == POINTS.read_text().split()


def test_the_story_ends_well_wherever_a_process_is_killed(scene: Scene, passed: set[str]) -> None:
    failures = {point: failure for point in sorted(passed) if (failure := _killed_at(scene, point))}
    assert failures == {}


def _killed_at(scene: Scene, point: str) -> str | None:
    """What went wrong, or None."""
    scene.crashes.arm(point)
    try:
        person, ids = scene.play("pppoe" if "ppp" in point else "simple_queue")
        eventually(lambda: scene.crashes.fired(point), lambda: f"{point} was not passed")
        scene.verify(person, ids)
    except Exception:  # noqa: BLE001 - all failures are told together
        return traceback.format_exc(limit=-2)[-1500:]
    finally:
        scene.crashes.disarm()
    return None
