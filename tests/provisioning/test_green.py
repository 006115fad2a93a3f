"""The adapter under eventlet: a router that keeps us waiting keeps nobody else waiting."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.simulator import PASSWORD, USER, SimulatedRouter

PROGRAM = """
import eventlet
eventlet.monkey_patch()
import json, sys, time
from chassis.errors import Transient
from services.provisioning.routers import Endpoint, KeptConnections, open_connection
from services.provisioning.routers.endpoint import Patience

host, port, user, password = sys.argv[1:]
endpoint = Endpoint(host, int(port), user, password)
kept = KeptConnections(lambda endpoint: open_connection(endpoint, Patience(command=0.5)))
ticks = []

def tick():
    while True:
        ticks.append(time.monotonic())
        eventlet.sleep(0.01)

def ask():
    try:
        with kept.use("norte", endpoint) as router:
            return router.rows("/system/identity", ("name",))[0]["name"]
    except Transient as failure:
        return failure.code

eventlet.spawn(tick)
print(json.dumps([ask(), ask()]), flush=True)
sys.stdin.readline()
began = len(ticks)
answer = ask()
pauses = [later - earlier for earlier, later in zip(ticks[began:], ticks[began + 1:])]
print(json.dumps([answer, len(pauses), max(pauses)]), flush=True)
"""


def test_waiting_for_a_router_stops_no_other_green_thread(router: SimulatedRouter) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, router.host, str(router.port), USER, PASSWORD]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert json.loads(process.stdout.readline()) == ["MikroTik", "MikroTik"]
        assert router.do("status")["logins"] == 1
        router.do("slow", ms=5000)
        process.stdin.write("\n")
        process.stdin.flush()
        answer, ticks, longest = json.loads(process.stdout.readline())
    assert answer == "router-timeout"
    assert ticks > 10 and longest < 0.3
