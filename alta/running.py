"""up, down, status, logs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from alta.terminal import AsJson, answer, paper, screen, steps, table
from deploy.local.place import default_path
from deploy.local.stack import Stack

COLUMNS = {"part": "part", "state": "state", "ready": "ready", "pid": "pid", "uptime": "up", "memory": "memory"}


def register(app: typer.Typer) -> None:
    for command in (up, down, status, logs):
        app.command()(command)


def this_stack() -> Stack:
    """The one that ALTA_VAR names, on the servers that AMQP_URI and DATABASE_URL name, if any."""
    return Stack.at(default_path(), amqp_uri=os.environ.get("AMQP_URI"), database_url=os.environ.get("DATABASE_URL"))


def up(as_json: AsJson = False) -> None:
    """Start everything and return when it is ready; it stays up until `alta down`."""
    stack = this_stack()
    with steps(quiet=as_json) as shown:
        stack.up(shown.tell)
    if as_json:
        answer({**addresses(stack), "steps": shown.done})
    else:
        screen.print(f"Alta is up: {stack.place.url}")


def down(as_json: AsJson = False) -> None:
    """End everything that was started here, and nothing else."""
    with steps(quiet=as_json) as shown:
        ended = this_stack().down(shown.tell)
    if as_json:
        answer({"ended": ended})
    elif not ended:
        screen.print("Nothing was running.")


def status(as_json: AsJson = False) -> None:
    """Every part: does it run, is it ready, what does it take. Ends with 1 when one is not ready."""
    stack = this_stack()
    rows = stack.status()
    healthy = all(row["state"] == "RUNNING" and row["ready"] is not False for row in rows)
    if as_json:
        answer({**addresses(stack), "healthy": healthy, "parts": rows})
    else:
        table([_for_people(row) for row in rows], COLUMNS)
        paper.print(f"\n{stack.place.url}  mailbox {stack.place.mailbox_url}  logs {stack.place.logs}")
    if not healthy:
        raise typer.Exit(1)


def logs(
    parts: Annotated[list[str] | None, typer.Argument(help="Which ones; all when none is named.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as they grow.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many of the last ones, of each.")] = 20,
) -> None:
    """What the parts write."""
    files = _log_files(this_stack().place.logs, parts or [])
    subprocess.run(["tail", "-n", str(lines), *(["-F"] if follow else []), *map(str, files)], check=False)


def addresses(stack: Stack) -> dict[str, str]:
    return {
        "url": stack.place.url,
        "mailbox_url": stack.place.mailbox_url,
        "amqp_uri": stack.amqp_uri_of("integrator"),
    }


def _log_files(folder: Path, parts: Sequence[str]) -> list[Path]:
    files = {path.stem: path for path in sorted(folder.glob("*.log"))}
    if unknown := sorted(set(parts) - files.keys()):
        raise typer.BadParameter(f"no log of {', '.join(unknown)}; there are {', '.join(files) or 'none'}")
    return [files[part] for part in parts or files]


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    minutes, seconds = divmod(row["uptime"], 60)
    hours, minutes = divmod(minutes, 60)
    shown = {"uptime": f"{hours}:{minutes:02}:{seconds:02}", "memory": f"{row['memory'] / 1e6:.0f} MB"}
    return {**row, **(shown if row["pid"] else {"uptime": "", "memory": "", "pid": ""})}
