"""The process manager: what dies comes back, what is stopped ends, and nothing else is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.parts import Part
from deploy.local.place import Place, open_place
from deploy.local.processes import is_alive
from deploy.local.supervision import Supervisor

SLEEPER = (sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(600)")


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def a_part(name: str = "sleeper", command: tuple[str, ...] = SLEEPER, **environment: str) -> Part:
    return Part(name=name, command=command, environment=environment)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = open_place(tmp_path / "var")
    yield place
    if Supervisor(place).is_running():
        Supervisor(place).shut_down()
    processes.end(place)


def pid_of(supervisor: Supervisor, name: str = "sleeper") -> int:
    return supervisor.states()[name]["pid"]


def test_killed_part_comes_back(place: Place) -> None:
    supervisor = Supervisor(place)
    supervisor.launch([a_part()])
    supervisor.start(["sleeper"])
    wait_for(lambda: supervisor.states()["sleeper"]["state"] == "RUNNING")
    first = pid_of(supervisor)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: pid_of(supervisor) not in (0, first))


def test_part_that_cannot_start_is_tried_again_later_and_not_at_once(place: Place) -> None:
    supervisor = Supervisor(place)
    supervisor.launch([a_part("broken", (sys.executable, "-c", "print('no database'); raise SystemExit(3)"))])
    supervisor.start(["broken"])
    wait_for(lambda: supervisor.states()["broken"]["state"] == "BACKOFF")
    wait_for(lambda: (place.logs / "broken.log").read_text().count("no database") >= 2)


def test_shut_down_ends_every_part_and_the_manager(place: Place) -> None:
    supervisor = Supervisor(place)
    names = [f"sleeper{number}" for number in range(4)]
    supervisor.launch([a_part(name) for name in names])
    supervisor.start(names)
    wait_for(lambda: all((place.logs / f"{name}.log").exists() for name in names))
    pids = [pid_of(supervisor, name) for name in names]
    supervisor.shut_down(last=["sleeper0"])
    assert not supervisor.is_running()
    assert not any(is_alive(pid) for pid in pids)
    assert processes.leftovers(place) == []


def test_what_a_killed_manager_leaves_behind_is_found_and_ended(place: Place, tmp_path: Path) -> None:
    neighbour = open_place(tmp_path / "neighbour")
    stranger = subprocess.Popen(
        SLEEPER, env={**os.environ, "ALTA_STACK": str(neighbour.path)}, stdout=subprocess.DEVNULL
    )
    supervisor = Supervisor(place)
    supervisor.launch([a_part()])
    supervisor.start(["sleeper"])
    log = place.logs / "sleeper.log"
    wait_for(lambda: log.exists() and "awake" in log.read_text())  # before that, it may not yet be itself
    orphan = pid_of(supervisor)
    manager = int((place.path / "run" / "supervisord.pid").read_text())
    os.kill(manager, signal.SIGKILL)
    wait_for(lambda: not supervisor.is_running())
    assert is_alive(orphan)
    assert processes.end(place) == [orphan]
    assert not is_alive(orphan)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_environment_reaches_the_part_as_it_is_written(place: Place) -> None:
    awkward = """100% "sure" \\ ';,' ñ %(here)s $HOME `id`"""
    echo = (sys.executable, "-c", "import os, time; print(os.environ['AWKWARD'], flush=True); time.sleep(600)")
    supervisor = Supervisor(place)
    supervisor.launch([a_part("echo", echo, AWKWARD=awkward)])
    supervisor.start(["echo"])
    log = place.logs / "echo.log"
    wait_for(lambda: log.exists() and log.read_text().strip())
    assert log.read_text().strip() == awkward


def test_callers_environment_stays_outside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:secret@db/")
    supervisor = Supervisor(place)
    supervisor.launch([a_part()])
    supervisor.start(["sleeper"])
    assert b"admin:secret" not in Path(f"/proc/{pid_of(supervisor)}/environ").read_bytes()


def test_what_holds_secrets_is_readable_for_its_owner_only(place: Place) -> None:
    Supervisor(place).launch([a_part(ALTA_DATABASE_URL="postgresql://a:secret@db/a")])
    files = {path.name: path for path in (place.path / "run").iterdir()}
    assert "secret" in files["sleeper.sh"].read_text()
    assert all(files[name].stat().st_mode & 0o077 == 0 for name in ("sleeper.sh", "supervisord.conf"))
