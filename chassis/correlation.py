"""Which click or message the present work goes back to; carried through events, jobs and log lines.

Kept in structlog's context variables, so that every log line tells it without being asked.
"""

from __future__ import annotations

import contextlib

import structlog

from chassis.identifiers import new_id


def correlation_id() -> str:
    """The id of the whole story; a new one begins where nothing was bound."""
    bound = structlog.contextvars.get_contextvars().get("correlation_id")
    return bound or new_id().hex


def causation_id() -> str | None:
    """The id of the message or job that is being handled."""
    return structlog.contextvars.get_contextvars().get("causation_id")


def caused_by(*, correlation_id: str | None, causation_id: str | None) -> contextlib.AbstractContextManager[None]:
    """Binds both for the work inside."""
    return structlog.contextvars.bound_contextvars(correlation_id=correlation_id, causation_id=causation_id)
