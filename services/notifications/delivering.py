"""Sending what waits, and writing down what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.crashpoints import reached
from chassis.errors import Permanent, Refusal, Transient
from chassis.outbox import announce
from chassis.secrets import CannotOpen, Keyring
from chassis.storage import Database, find
from events.notifications import NotificationFailed, NotificationSent
from services.notifications.channels import Channel, Letter
from services.notifications.model import LINK_PLACE, QUEUED, Message


def deliver(
    database: Database,
    channel_for: Callable[[Session, Message], Channel],
    keyring: Callable[[], Keyring],
    *,
    company_id: UUID,
    message_id: UUID,
) -> Callable[[Session], None] | None:
    """Sends the message, outside any transaction; returns what to commit. None when it was sent before.

    Between the other side's "taken" and our commit it may be sent a second time, with the same
    reference. Raises `Transient` and `Permanent`.
    """
    with database.read(company_id) as session:
        message = find(session, Message, message_id)
        if message.state != QUEUED:
            return None
        letter = _letter(message, keyring, clock.now())
        channel = channel_for(session, message)
    reached("notifications.ready")
    channel.send(letter)
    reached("notifications.sent")
    return lambda session: note_sent(session, message_id=message_id, at=clock.now())


def note_sent(session: Session, *, message_id: UUID, at: datetime) -> None:
    message = find(session, Message, message_id, lock=True)
    message.delivered(at)
    sent = NotificationSent(
        notification_id=message.id,
        kind=message.kind,
        channel=message.channel,
        audience=message.audience,
        about=message.about,
        sent_at=at,
    )
    announce(session, sent, entity_version=message.version)


def note_failed(session: Session, *, message_id: UUID, error: Exception) -> None:
    """It is given up: nobody will try again unless staff say so."""
    message = find(session, Message, message_id, lock=True)
    told = error if isinstance(error, (Transient, Permanent, Refusal)) else None
    message.failed(told.code if told else "internal-error", told.params if told else {})
    failed = NotificationFailed(
        notification_id=message.id,
        kind=message.kind,
        channel=message.channel,
        about=message.about,
        reason_code=message.failure_code,
    )
    announce(session, failed, entity_version=message.version)


def _letter(message: Message, keyring: Callable[[], Keyring], at: datetime) -> Letter:
    link = _link(message, keyring, at) if message.sealed_link else ""
    return Letter(
        reference=f"{message.id}.{message.copy}",
        recipient=message.recipient,
        recipient_name=message.recipient_name,
        sender_name=message.sender_name,
        reply_to=message.reply_to,
        subject=message.subject,
        text=message.text.replace(LINK_PLACE, link),
        html=message.html.replace(LINK_PLACE, link),
        written_at=message.created_at,
    )


def _link(message: Message, keyring: Callable[[], Keyring], at: datetime) -> str:
    if message.is_expired(at):
        raise Permanent("link-expired")
    try:
        return keyring().open(message.sealed_link, message.link_context)
    except CannotOpen as error:
        raise Permanent("link-cannot-be-opened") from error
