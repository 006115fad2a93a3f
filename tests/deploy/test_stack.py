"""A whole Alta on servers of somebody else, and what is left of it afterwards: nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.ports import is_free
from deploy.local.stack import Stack
from deploy.local.supervision import Supervisor
from tests.rooms import Databases

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def shared(room: Path, postgresql_server: Databases) -> Iterator[Stack]:
    """Up, with its databases on a shared PostgreSQL server."""
    stack = Stack.at(room / "shared", database_url=f"{postgresql_server.url}/postgres")
    stack.up()
    yield stack
    stack.down()


def test_every_part_is_ready(shared: Stack) -> None:
    rows = {row["part"]: row for row in shared.status()}
    assert all(row["state"] == "RUNNING" and row["ready"] is not False for row in rows.values()), rows
    assert not list((shared.place.path / "data").glob("*installations.sqlite3"))


def test_up_again_changes_nothing(shared: Stack) -> None:
    before = {name: state["pid"] for name, state in shared.supervisor.states().items()}
    steps: list[str] = []
    Stack.at(shared.place.path, database_url=shared.database_url).up(steps.append)
    assert {name: state["pid"] for name, state in shared.supervisor.states().items()} == before
    assert steps == []


def test_private_files_are_private(shared: Stack) -> None:
    for name in ("secrets.json", "run/supervisord.conf", "run/billing.sh", "keys/billing.key"):
        assert (shared.place.path / name).stat().st_mode & 0o077 == 0, name


def test_down_ends_everything_even_what_nobody_supervises(shared: Stack) -> None:
    pid = int((shared.place.path / "run" / "supervisord.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    while Supervisor(shared.place).is_running():
        pass
    assert processes.leftovers(shared.place)
    assert shared.down() is True
    assert processes.leftovers(shared.place) == []
    assert all(is_free(port) for port in shared.place.ports.values())
    assert shared.down() is False
