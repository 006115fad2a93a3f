"""Programs of the chassis, run in threads of the test, and waiting for what they bring about."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def eventually(condition: Callable[[], Any], *, seconds: float = 15.0) -> Any:
    """What `condition` answers, as soon as it is true; fails when it never is."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if answer := condition():
            return answer
        time.sleep(0.01)
    raise AssertionError(f"{condition} did not become true within {seconds} s")


@contextlib.contextmanager
def running(program: Any) -> Iterator[Any]:
    """`program.run()` in a thread until the block ends; what it raised is raised here."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            program.run()
        except Exception as error:  # noqa: BLE001 - raised again in the test's own thread
            traceback.print_exc()
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield program
    finally:
        program.stop()
        thread.join(timeout=20)
    if raised:
        raise raised[0]
    assert not thread.is_alive(), f"{program} did not stop"


@contextlib.contextmanager
def process(module: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m module` until the block ends."""
    started = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env={**os.environ, **environment})
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=15)
        finally:
            started.kill()
            started.wait()
