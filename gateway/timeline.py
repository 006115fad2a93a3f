"""The timeline: every event of every service, filed under what it is about, for pages that show what happens."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.inbox import Handler
from chassis.messages import Envelope
from chassis.storage import append
from gateway.model import TimelineEntry

PUBLISHERS = (
    "gateway", "installations", "preinstall", "contracts", "billing", "provisioning", "notifications",
)  # fmt: skip
QUEUE = "gateway.timeline"
KEPT = timedelta(days=90)
# What a page never shows, and so is not kept a second time.
_LEFT_OUT = {"sealed_address", "sealed_code", "sealed_path", "documents"}


def record(session: Session, envelope: Envelope) -> None:
    append(
        session,
        TimelineEntry,
        id=envelope.id,
        about=_about(envelope),
        type=envelope.type,
        occurred_at=envelope.time,
        correlation_id=envelope.correlation_id,
        data={name: value for name, value in envelope.data.items() if name not in _LEFT_OUT},
    )


def handler() -> Handler:
    return Handler(queue=QUEUE, event=None, function=record, publishers=PUBLISHERS)


def entries_about(session: Session, about: str, *, limit: int = 100) -> list[TimelineEntry]:
    """Oldest first."""
    statement = select(TimelineEntry).where(TimelineEntry.about == about)
    newest = session.scalars(statement.order_by(TimelineEntry.occurred_at.desc()).limit(limit)).all()
    return list(reversed(newest))


def _about(envelope: Envelope) -> str:
    """The installation where there is one: contracts, invoices and mails are part of its story."""
    data = envelope.data
    return str(data.get("installation_id") or data.get("about") or envelope.subject)


def prune(session: Session, *, before: object) -> None:
    session.execute(delete(TimelineEntry).where(TimelineEntry.occurred_at < before))
