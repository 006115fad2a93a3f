"""Which click or message the present work goes back to; carried through events, jobs and log lines.

Kept in structlog's context variables, so that every log line tells it without being asked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import structlog

from chassis.identifiers import new_id


def present() -> tuple[str, str | None]:
    """The id of the whole story (a new one begins where none is bound), and of what is being handled just now."""
    bound = structlog.contextvars.get_contextvars()
    return bound.get("correlation_id") or new_id().hex, bound.get("causation_id")


def correlation_id() -> str:
    return present()[0]


@contextlib.contextmanager
def caused_by(*, correlation_id: str | None, causation_id: str | None) -> Iterator[None]:
    """Binds both for the work inside."""
    # structlog's own context manager looks through every variable of the context first.
    tokens = structlog.contextvars.bind_contextvars(correlation_id=correlation_id, causation_id=causation_id)
    try:
        yield
    finally:
        structlog.contextvars.reset_contextvars(**tokens)
