"""What the commands print: tables and progress for people, JSON for programs."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

screen = Console(stderr=True, highlight=False)
"""Progress and complaints; answers go to standard output."""

paper = Console(highlight=False)


def answer(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def answer_line(value: Any) -> None:
    """One JSON document on one line, at once: for streams."""
    sys.stdout.write(json.dumps(value, default=str) + "\n")
    sys.stdout.flush()


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    """`columns`: key of the row → heading. Numbers are set right."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for key, heading in columns.items():
        numeric = bool(rows) and all(isinstance(row[key], int | float) for row in rows)
        drawn.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_shown(row[key]) for key in columns))
    paper.print(drawn)


def fail(sentence: str) -> int:
    screen.print(f"[bold red]alta:[/] {sentence}", markup=True, soft_wrap=True)
    return 1


class Steps:
    """Says what is being done, and keeps how long each step took."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.done: list[dict[str, Any]] = []
        self._quiet = quiet
        self._current: tuple[str, float] | None = None

    def tell(self, name: str) -> None:
        """The step before is over, this one begins."""
        self.finish()
        self._current = (name, time.monotonic())
        if not self._quiet and screen.is_terminal:
            screen.print(f"  [dim]…[/] {name}", end="\r")

    def finish(self) -> None:
        if self._current is None:
            return
        name, began = self._current
        seconds = round(time.monotonic() - began, 3)
        self.done.append({"name": name, "seconds": seconds})
        self._current = None
        if not self._quiet:
            screen.print(f"  [green]✓[/] {name} [dim]{seconds:.1f} s[/]")


@contextlib.contextmanager
def steps(*, quiet: bool = False) -> Iterator[Steps]:
    shown = Steps(quiet=quiet)
    yield shown
    shown.finish()


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "[bold red]no[/]"
    return str(value)
