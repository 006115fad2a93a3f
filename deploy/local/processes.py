"""Finding the processes of one place in /proc: nobody else's are ever touched."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from deploy.local.place import Place


def leftovers(place: Place) -> list[int]:
    """Processes of this place that nobody supervises, as after `kill -9` of the supervisor."""
    mark = f"ALTA_STACK={place.path}".encode()
    return [pid for pid in _pids() if pid != os.getpid() and mark in _environment(pid)]


def end(place: Place, *, seconds: float = 20) -> list[int]:
    """Asks what is left over to stop, and kills what does not; returns who that was."""
    found = leftovers(place)
    _signal(found, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while (remaining := leftovers(place)) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal(remaining, signal.SIGKILL)
    return found


def is_alive(pid: int) -> bool:
    """False for a zombie too: what has ended may wait long for somebody to take note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def resident_bytes(pid: int) -> int:
    """Memory of a process and its descendants that is nobody else's, shared pages counted in part (PSS)."""
    return sum(_proportional_bytes(member) for member in [pid, *_descendants(pid)])


def _descendants(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [member for child in children for member in (child, *_descendants(child))]
    return []


def _proportional_bytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _environment(pid: int) -> list[bytes]:
    # Ended in the meantime, or somebody else's: not ours in either case.
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
