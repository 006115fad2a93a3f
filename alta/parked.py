"""Messages and jobs that were given up: see them, try them again, or drop them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from alta.services import ask
from alta.terminal import AsJson, answer, paper, screen, table
from chassis.errors import Unavailable
from deploy.local.place import SERVICES

app = typer.Typer(help="Messages and jobs that were given up.", no_args_is_help=True)

Service = Annotated[str, typer.Argument(help="Whose it is.")]
Id = Annotated[str, typer.Argument(help="As `alta parked list` shows it.")]
COLUMNS = {
    "service": "service",
    "id": "id",
    "queue": "queue",
    "attempts": "tries",
    "parked_at": "since",
    "error": "why",
}


@app.command("list")
def list_parked(
    service: Annotated[str | None, typer.Argument(help="Only this one's.")] = None, as_json: AsJson = False
) -> None:
    """What is parked. A service that does not answer is named and does not hide the others'."""
    rows, silent = collect([service] if service else SERVICES)
    if as_json:
        answer({"rows": rows, "unavailable": silent})
    elif rows:
        table([{**row, "error": _first_line(row["error"])} for row in rows], COLUMNS)
    else:
        screen.print("Nothing is parked.")
    if silent:
        screen.print(f"[yellow]No answer from {', '.join(silent)}.[/]")
        raise typer.Exit(1)


@app.command()
def show(service: Service, id: Id, as_json: AsJson = False) -> None:
    """One of them, with its content and the whole error."""
    found = ask(service, "parked_show", {"id": id})
    if as_json:
        answer(found)
        return
    for name, value in found.items():
        shown = json.dumps(value, indent=2, default=str) if isinstance(value, dict | list) else value
        paper.print(f"[bold]{name}[/]", end=" ")
        paper.print(str(shown), markup=False)


@app.command()
def retry(service: Service, id: Id, as_json: AsJson = False) -> None:
    """Hand it to its handler again."""
    _done(ask(service, "parked_retry", {"id": id}), "It is tried again.", as_json)


@app.command()
def drop(
    service: Service,
    id: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give it up for good."""
    if not yes:
        typer.confirm("Its effect will never happen. Drop it?", abort=True)
    _done(ask(service, "parked_drop", {"id": id}), "Dropped.", as_json)


def collect(services: Iterable[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The parked of all that answer, and the names of those that do not."""
    rows: list[dict[str, Any]] = []
    silent: list[str] = []
    for service in services:
        try:
            rows += [{"service": service, **row} for row in _all(service)]
        except Unavailable:
            silent.append(service)
    return rows, silent


def _all(service: str) -> Iterable[dict[str, Any]]:
    after = None
    while True:
        page = ask(service, "parked_list", {"after": after, "limit": 100} if after else {"limit": 100})
        yield from page["rows"]
        after = page["next"]
        if after is None:
            return


def _first_line(text: str) -> str:
    return text.strip().splitlines()[-1][:100] if text.strip() else ""


def _done(result: Any, sentence: str, as_json: bool) -> None:
    if as_json:
        answer(result)
    else:
        screen.print(sentence)
