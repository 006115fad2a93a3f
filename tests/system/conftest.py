from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from chassis.secrets import Keyring
from deploy.local import processes
from deploy.local.stack import Stack
from gateway.app import create_app
from gateway.settings import GatewaySettings
from tests.system.browsing import CHROMIUM
from tests.system.crashing import CrashRoom, Scene


@pytest.fixture(scope="package")
def scene(room: Path) -> Iterator[Scene]:
    """A whole Alta whose processes can be killed at named boundaries, with the demo company in place.

    It ends with the last test here, and at once: even one that has nothing to do takes its part of a processor.
    """
    place = Path(tempfile.mkdtemp(prefix="system-", dir=room))
    crashes = CrashRoom.made(place / "crashes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALTA_CRASH_DIR", str(crashes.path))
        patch.setenv("ALTA_PROXIES", "1")  # each story's people come from addresses of their own
        stack = Stack.at(place / "var")
        try:
            stack.up()
            with Scene.set_up(stack, crashes) as ready:
                yield ready
        finally:
            processes.end(stack.place, seconds=0)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A gateway that nobody asks anything: its routes are read."""
    room = tmp_path_factory.mktemp("routes")
    Keyring.create(room / "gateway.key")
    return create_app(
        GatewaySettings(
            database_url=f"sqlite:///{room}/gateway.sqlite3",
            amqp_uri="amqp://nobody:nobody@127.0.0.1:1/none",
            files_url=f"file://{room}/files",
            keyring=room / "gateway.key",
        )
    )
