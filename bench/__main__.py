"""`python -m bench [names]`: measures, prints a table, writes `var/bench.json`; 1 when one was lost or doubled."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from bench import (
    activation,
    event_pipeline,
    growth,
    importing,
    latency,
    list_page,
    memory,
    outbox_tax,
    public_form,
    reconcile,
    room,
    routers_at_work,
    rpc_overhead,
    upload,
)
from bench.figures import Figure, Lost

TARGET = Path(__file__).parent.parent / "var" / "bench.json"
MESSAGING: dict[str, Callable[[room.Room], list[Figure]]] = {
    "event_pipeline": event_pipeline.measure,
    "outbox_tax": outbox_tax.measure,
    "event_latency": latency.measure,
    "rpc_overhead": rpc_overhead.measure,
    "routers_at_work": routers_at_work.measure,
    "growth": growth.measure,
    "import": importing.measure,
}
WHOLE: dict[str, Callable[[], list[Figure]]] = {
    "activation": activation.measure,
    "list_page": list_page.measure,
    "memory": memory.measure,
    "reconcile": reconcile.measure,
    "upload": upload.measure,
    "public_form": public_form.measure,
}
console = Console()


def main(names: list[str]) -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wanted = names or [*MESSAGING, *WHOLE]
    if unknown := set(wanted) - MESSAGING.keys() - WHOLE.keys():
        console.print(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join([*MESSAGING, *WHOLE])}")
        return 2
    try:
        figures = _measure(wanted)
    except Lost as lost:
        console.print(f"[bold red]the run counts for nothing: {lost}")
        return 1
    _write(figures)
    console.print(_table(figures))
    return 0


def _measure(wanted: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    messaging = [name for name in wanted if name in MESSAGING]
    if messaging:
        with room.opened() as opened:
            for name in messaging:
                figures += _timed(name, lambda name=name: MESSAGING[name](opened))
    for name in wanted:
        if name in WHOLE:
            figures += _timed(name, WHOLE[name])
    return figures


def _timed(name: str, measure: Callable[[], list[Figure]]) -> list[Figure]:
    started = time.monotonic()
    figures = measure()
    console.print(f"{name}: measured in {time.monotonic() - started:.0f} s")
    return figures


def _write(figures: list[Figure]) -> None:
    """What was not measured this time keeps its last figures."""
    TARGET.parent.mkdir(exist_ok=True)
    known = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    TARGET.write_text(json.dumps(known | {figure.name: figure.row() for figure in figures}, indent=2) + "\n")


def _table(figures: list[Figure]) -> Table:
    table = Table("measure", "value", "limit", "ratio", "goal", "unit", "")
    for figure in figures:
        row = figure.row()
        met = "[green]met" if figure.met else "[red]missed"
        table.add_row(
            figure.name, f"{row['value']:g}", f"{row['limit']:g}", f"{row['ratio']:g}", row["goal"], figure.unit, met
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
