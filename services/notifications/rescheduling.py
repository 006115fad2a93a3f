"""A visit's new time, told to the person: once the office has made up its mind, and with what they knew before.

Who drags a visit to a wrong hour drags it on, or takes it back. The message waits for that; what was moved twice
is told once, from the time that the person knows to the newest, and what came back to that time not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.installations import InstallationCancelled, InstallationChanged
from services.notifications.composing import RESCHEDULED, installation_rescheduled
from services.notifications.model import QUEUED, Message
from services.notifications.projections import company_of
from services.notifications.queueing import write

SECOND_THOUGHTS = timedelta(minutes=2)


def tell_new_time(session: Session, event: InstallationChanged, *, at: datetime) -> None:
    """Nothing when the visit is when it was. Raises `NotKnownYet`."""
    company, waiting = company_of(session), _waiting(session, event)
    if event.rescheduled_from is None or _is_old(event, waiting):
        return
    known = waiting[0].moved_from if waiting else event.rescheduled_from
    for message in waiting:
        message.withdraw()
    if known == event.scheduled_at:
        return
    for draft in installation_rescheduled(event, company, known_as=known):
        for message in write(session, event, draft, company, at=at, not_before=at + SECOND_THOUGHTS):
            message.moved_from, message.fact_version = known, event.meta.entity_version


def forget_new_time(session: Session, event: InstallationCancelled) -> None:
    """Nobody comes any more: what was not told yet is not told."""
    for message in _waiting(session, event):
        message.withdraw()


def _waiting(session: Session, event: InstallationCancelled | InstallationChanged) -> Sequence[Message]:
    there = select(Message).where(
        Message.installation_id == event.installation_id, Message.kind == RESCHEDULED, Message.state == QUEUED
    )
    return session.scalars(there.order_by(Message.id).with_for_update()).all()


def _is_old(event: InstallationChanged, waiting: Sequence[Message]) -> bool:
    """A newer fact was heard before it."""
    return any(message.fact_version > event.meta.entity_version for message in waiting)
