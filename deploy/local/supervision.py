"""The process manager of one place: supervisord, its configuration, and talking to it.

Source: supervisor 4.3, "Configuration File" and "XML-RPC API".
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from deploy.local.parts import Part, surroundings
from deploy.local.place import ROOT, Place, write_private
from deploy.local.processes import is_alive

# A part that ends within its first second is started again after 1, 2, 3... seconds, for ever: a
# broker or a database that comes back in an hour must find everybody still trying.
ENDLESS = 1_000_000


class SupervisorFailed(Exception):
    """The process manager did not start or does not answer."""


class Supervisor:
    def __init__(self, place: Place) -> None:
        self._place = place
        address = f"http://alta:{place.secrets['supervisor']}@127.0.0.1:{place.ports['supervisor']}/RPC2"
        self._server = xmlrpc.client.ServerProxy(address, allow_none=True)

    def is_running(self) -> bool:
        try:
            return self._rpc.getState()["statename"] == "RUNNING"
        except (OSError, xmlrpc.client.Error):
            return False

    def launch(self, parts: Iterable[Part]) -> None:
        """Starts the manager itself, which starts nothing yet; raises `SupervisorFailed`."""
        parts = list(parts)
        for part in parts:
            write_private(_script(self._place, part), start_script(part))
        path = self._place.path / "run" / "supervisord.conf"
        write_private(path, configuration(self._place, parts))
        subprocess.run(
            [sys.executable, "-m", "deploy.local.supervisord", "-c", str(path)],
            check=True,
            cwd=ROOT,
            env=surroundings(self._place),
            stdin=subprocess.DEVNULL,
        )
        self._wait(self.is_running, 20, "supervisord does not answer; see logs/supervisord.log")

    def start(self, names: Iterable[str]) -> None:
        """Returns at once; a part that runs already is left alone."""
        for name in names:
            try:
                self._rpc.startProcess(name, False)
            except xmlrpc.client.Fault as fault:
                if "ALREADY_STARTED" not in fault.faultString:
                    raise SupervisorFailed(f"{name}: {fault.faultString}") from fault

    def stop(self, names: Iterable[str]) -> None:
        """Returns when they have ended."""
        for name in names:
            try:
                self._rpc.stopProcess(name, True)
            except xmlrpc.client.Fault as fault:
                if "NOT_RUNNING" not in fault.faultString:
                    raise SupervisorFailed(f"{name}: {fault.faultString}") from fault

    def states(self) -> dict[str, dict[str, Any]]:
        """By part: `state` (RUNNING, BACKOFF, ...), `pid` (0 when there is none), `uptime` in seconds."""
        return {
            info["name"]: {
                "state": info["statename"],
                "pid": info["pid"],
                "uptime": max(0, info["now"] - info["start"]) if info["pid"] else 0,
            }
            for info in self._rpc.getAllProcessInfo()
        }

    def shut_down(self, *, last: Sequence[str] = ()) -> None:
        """Ends every part, those named in `last` after the others, then the manager; returns when it is gone.

        supervisord's own shutdown stops one program after the other.
        """
        running = [name for name, state in self.states().items() if state["pid"]]
        self._stop_together([name for name in running if name not in last])
        self._stop_together([name for name in running if name in last])
        pid = self._rpc.getPID()
        self._rpc.shutdown()
        self._wait(lambda: not is_alive(pid), 30, "supervisord does not end")

    def _stop_together(self, names: Sequence[str]) -> None:
        for name in names:
            with contextlib.suppress(xmlrpc.client.Fault):  # it ended by itself just now
                self._rpc.stopProcess(name, False)
        self._wait(lambda: not any(self.states()[name]["pid"] for name in names), 90, f"{names} do not end")

    @property
    def _rpc(self) -> Any:
        return self._server.supervisor

    def _wait(self, condition: Any, seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise SupervisorFailed(otherwise)
            time.sleep(0.05)


def configuration(place: Place, parts: Iterable[Part]) -> str:
    logs, run, port = place.logs, place.path / "run", place.ports["supervisor"]
    sections = [
        f"""[supervisord]
logfile = {_literal(logs / "supervisord.log")}
logfile_maxbytes = 5MB
logfile_backups = 2
pidfile = {_literal(run / "supervisord.pid")}
childlogdir = {_literal(logs)}
directory = {_literal(ROOT)}
identifier = alta
user = {os.geteuid()}

[inet_http_server]
port = 127.0.0.1:{port}
username = alta
password = {place.secrets["supervisor"]}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
""",
        *(_program(place, part) for part in parts),
    ]
    return "\n".join(sections)


def start_script(part: Part) -> str:
    """A part's start as a shell script, with which it can also be run by hand.

    supervisord's own `environment` has no way to write a value that holds both kinds of quotes.
    """
    exports = [f"export {name}={shlex.quote(value)}" for name, value in sorted(part.environment.items())]
    return "\n".join([*exports, f"exec {shlex.join(part.command)}", ""])


def _script(place: Place, part: Part) -> Path:
    return place.path / "run" / f"{part.name}.sh"


def _program(place: Place, part: Part) -> str:
    return f"""[program:{part.name}]
command = /bin/sh {_literal(shlex.quote(str(_script(place, part))))}
directory = {_literal(ROOT)}
autostart = false
autorestart = true
startsecs = 1
startretries = {ENDLESS}
stopsignal = TERM
stopwaitsecs = {part.stop_seconds}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {_literal(place.logs / f"{part.name}.log")}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""


def _literal(value: object) -> str:
    """supervisord expands `%(name)s` in what it reads."""
    return str(value).replace("%", "%%")
