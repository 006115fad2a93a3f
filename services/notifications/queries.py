"""Reads for screens."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis.storage import Page, find, paginate
from services.notifications.model import FAILED, Message


def summary(session: Session) -> dict[str, int]:
    """How many messages could not be sent."""
    return {"failed": session.scalar(select(func.count()).where(Message.state == FAILED)) or 0}


def list_messages(
    session: Session,
    *,
    about: UUID | None,
    state: str | None,
    after: str | None,
    limit: int,
    channel: str | None = None,
) -> Page:
    """The newest first. `about` is an entity that messages speak of, or the installation whose story they belong to."""
    statement = select(Message)
    if about:
        statement = statement.where(or_(Message.about == str(about), Message.installation_id == about))
    if state:
        statement = statement.where(Message.state == state)
    if channel:
        statement = statement.where(Message.channel == channel)
    order = [(Message.created_at, "desc"), (Message.id, "desc")]
    return paginate(session, statement, order=order, after=after, limit=limit)


def get_message(session: Session, *, message_id: UUID) -> Message:
    return find(session, Message, message_id)
