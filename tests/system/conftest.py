from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from tests.system.crashing import CrashRoom, Scene


@pytest.fixture(scope="session")
def scene(room: Path) -> Iterator[Scene]:
    """A whole Alta whose processes can be killed at named boundaries, with the demo company in place."""
    crashes = CrashRoom.made(room / "crashes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALTA_CRASH_DIR", str(crashes.path))
        patch.setenv("ALTA_PROXIES", "1")  # each story's people come from addresses of their own
        stack = Stack.at(room / "system")
        stack.up()
        try:
            with Scene.set_up(stack, crashes) as ready:
                yield ready
        finally:
            stack.down()
