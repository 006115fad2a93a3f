from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local.stack import Stack
from tests.system.browsing import CHROMIUM
from tests.system.crashing import CrashRoom, Scene


@pytest.fixture(scope="session")
def scene(room: Path) -> Iterator[Scene]:
    """A whole Alta whose processes can be killed at named boundaries, with the demo company in place."""
    crashes = CrashRoom.made(room / "crashes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALTA_CRASH_DIR", str(crashes.path))
        patch.setenv("ALTA_PROXIES", "1")  # each story's people come from addresses of their own
        stack = Stack.at(room / "system")
        try:
            stack.up()
            with Scene.set_up(stack, crashes) as ready:
                yield ready
        finally:
            stack.down()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield launched
        launched.close()
