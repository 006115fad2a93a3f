"""A service's process: `python -m services.<name> [run|migrate|topology|settings]`.

Import this before anything else in `__main__.py`: when the process is a service about to run, eventlet
must replace the blocking parts of the standard library before others take hold of them.
"""

# ruff: noqa: E402 - the order of the imports is the point

from __future__ import annotations

import os
import sys
from pathlib import Path


def _is_service_about_to_run() -> bool:
    """`python -m services.<name>`, alone or with `run`; everything else stays unpatched."""
    program = Path(sys.argv[0]) if sys.argv and sys.argv[0] else Path()
    return program.name == "__main__.py" and program.parent.parent.name == "services" and sys.argv[1:] in ([], ["run"])


if _is_service_about_to_run():
    from chassis.green import make_green

    make_green()

import argparse
import dataclasses
import inspect
import json

from chassis import logs, topology
from chassis.rpc.queue import declare_queue
from chassis.service import Service, handlers_of
from chassis.settings import BadSettings, ServiceSettings, Settings
from chassis.storage import Database

BAD_SETTINGS = 2


def main(service: type[Service]) -> None:
    """Ends the process: 0 when all went well, 1 when the service died, 2 for bad settings."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    parser.add_argument("action", nargs="?", default="run", choices=[*_ACTIONS, "settings"])
    parser.add_argument("--json", action="store_true", help="for `settings`")
    given = parser.parse_args()
    if given.action == "settings":
        print_settings(service.settings_class, as_json=given.json)
        sys.exit(0)
    try:
        settings = service.settings_class.load(os.environ)
    except BadSettings as bad:
        print(*bad.problems, sep="\n", file=sys.stderr)
        sys.exit(BAD_SETTINGS)
    logs.configure(service.name, level=settings.log_level, format=settings.log_format)
    sys.exit(_ACTIONS[given.action](service, settings))


def print_settings(settings: type[Settings], *, as_json: bool) -> None:
    """What can be set, for people or for the documentation."""
    rows = settings.describe()
    if as_json:
        print(json.dumps([dataclasses.asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        need = "required" if row.required else f"default {row.default}" if row.default else "optional"
        print(f"{row.variable:24} {row.type:26} {need:16} {row.help}")


def _run(service: type[Service], settings: ServiceSettings) -> int:
    from eventlet import patcher

    if not patcher.is_monkey_patched("thread"):
        raise RuntimeError("chassis.host must be imported first, by services/<name>/__main__.py")
    from chassis.running import Running

    return Running(service(settings)).run_until_stopped()


def _migrate(service: type[Service], settings: ServiceSettings) -> int:
    from chassis.storage.migrations import migrate  # Alembic is not for the running service to carry

    database = Database(settings.database_url, pool_size=1)
    try:
        migrate(database, Path(inspect.getfile(service)).parent / "migrations")
    finally:
        database.close()
    return 0


def _declare_topology(service: type[Service], settings: ServiceSettings) -> int:
    topology.declare_at(settings.amqp_uri, service.name, handlers_of(service))
    declare_queue(settings.amqp_uri, service.name)
    return 0


_ACTIONS = {"run": _run, "migrate": _migrate, "topology": _declare_topology}
