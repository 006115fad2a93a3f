"""A hundred routers in one process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from routersim.control import ask
from tests.routersim.wire import Wire
from tests.simulator import SimulatedRouter

ROUTERS = 100
# Measured: 15 MB for the process besides what it shares, and 50 kB for each router.
MOST_MEGABYTES = 50


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks at memory as Linux tells it")
def test_a_hundred_routers_answer_and_are_small() -> None:
    each = [word for n in range(ROUTERS) for word in ("--router", f"r{n}=127.0.0.1:0")]
    command = [
        sys.executable,
        "-m",
        "routersim",
        *each,
        "--control",
        "127.0.0.1:0",
        "--user",
        "alta",
        "--password",
        "x",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            places = json.loads(process.stdout.readline())
            host, _, port = places["control"].rpartition(":")
            routers = [at(place, (host, int(port)), process) for place in places["routers"].values()]
            wires = [Wire(router) for router in routers]
            for number, wire in enumerate(wires):
                assert wire.ask("/login", "=name=alta", "=password=x") == [["!done"]]
                wire.change("/ppp/secret/add", name=f"c{number}")
            for number, wire in enumerate(wires):
                assert wire.rows("/system/identity") == [{"name": f"r{number}"}]
                assert [row["name"] for row in wire.rows("/ppp/secret")] == [f"c{number}"]
                wire.socket.close()
            assert ask((host, int(port)), do="status", router="r42")["commands"] == 3
            assert megabytes(process.pid) < MOST_MEGABYTES
        finally:
            process.terminate()


def at(place: str, control: tuple[str, int], process: subprocess.Popen[str]) -> SimulatedRouter:
    host, _, port = place.rpartition(":")
    return SimulatedRouter(host, int(port), control, process)


def megabytes(pid: int) -> float:
    """Memory of a process that is its own, without what is read from files."""
    _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    return (resident - shared) * 4096 / 1e6
