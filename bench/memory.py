"""What the whole of Alta takes when nothing happens: resident memory and processor time, RabbitMQ left out."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from bench.figures import Figure
from deploy.local.stack import Stack

MEGABYTES = 800
CPU_PERCENT = 2.0
SETTLE_SECONDS = 20.0
WATCH_SECONDS = 30.0
LEFT_OUT = ("rabbitmq", "epmd")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="alta-bench-") as directory:
        stack = Stack.at(Path(directory))
        stack.up()
        try:
            return _watch(stack)
        finally:
            stack.down()


def _watch(stack: Stack) -> list[Figure]:
    # What a start leaves to be done is not what being idle costs.
    time.sleep(SETTLE_SECONDS)
    pids = _processes(stack)
    before, started = _cpu_seconds(pids), time.monotonic()
    time.sleep(WATCH_SECONDS)
    percent = 100 * (_cpu_seconds(pids) - before) / (time.monotonic() - started)
    megabytes = sum(map(_resident_bytes, pids)) / 1_000_000
    return [
        Figure(
            name="memory",
            value=megabytes,
            limit=MEGABYTES,
            ratio=megabytes / MEGABYTES,
            unit="MB resident, idle",
            at_most=1,
            detail={"processes": len(pids)},
        ),
        Figure(
            name="idle_cpu",
            value=percent,
            limit=CPU_PERCENT,
            ratio=percent / CPU_PERCENT,
            unit="% of a core, idle",
            at_most=1,
        ),
    ]


def _processes(stack: Stack) -> list[int]:
    """The supervisor and everything below it, the broker's processes excepted."""
    left_out = {row["pid"] for row in stack.status() if row["part"] in LEFT_OUT}
    roots = [row["pid"] for row in stack.status() if row["pid"] and row["pid"] not in left_out]
    supervisor = _parent(roots[0])
    children = _children()
    found, waiting = [supervisor], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, ()))
    return found


def _children() -> dict[int, list[int]]:
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            below.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
        except FileNotFoundError:  # it ended while we looked
            continue
    return below


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _cpu_seconds(pids: list[int]) -> float:
    return sum(int(_stat(pid)[11]) + int(_stat(pid)[12]) for pid in pids) / _TICKS


def _resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may itself hold blanks: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
