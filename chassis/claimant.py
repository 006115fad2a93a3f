"""Who holds a claim: a process, named so that its successor on the same machine can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from chassis.identifiers import new_id


def my_name() -> str:
    """Host, process, start of the process, and a random part for each runner in it."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())} {new_id().hex[-8:]}"


def is_dead(name: str) -> bool:
    """Whether the process is known to be gone; a process of another machine is never known to be."""
    parts = name.rsplit(" ", 3)
    if len(parts) != 4 or not parts[1].isdecimal():
        return False  # another version's name
    host, process, started, _ = parts
    return host == socket.gethostname() and _started(int(process)) != started


def _started(process: int) -> str | None:
    """The start time in clock ticks since boot, field 22 of proc(5)'s stat; None when there is no such process."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]
