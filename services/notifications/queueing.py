"""From a fact to messages that wait to be sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.messages import Event
from chassis.storage import find
from services.notifications.composing import COMPOSERS, Draft
from services.notifications.model import EMAIL, QUEUED, Company, Message
from services.notifications.projections import company_of
from services.notifications.rendering import Frame, render, text_of
from services.notifications.wording import language_of, words

DELIVER = "notifications.deliver"


def write_messages(session: Session, event: Event, *, at: datetime) -> None:
    """One message for each audience of the fact, whatever is told twice. Raises `NotKnownYet`."""
    company = company_of(session)
    for draft in COMPOSERS[type(event)](event, company):
        if not _is_written(session, event.meta.id, draft.audience):
            message = _written(event.meta.id, draft, company, at)
            session.add(message)
            _queue(session, message)


def resend(session: Session, *, message_id: UUID, at: datetime) -> Message:
    """Sends it once more, or hurries it when it waits. Raises `LinkExpired`."""
    message = find(session, Message, message_id, lock=True)
    message.send_again(at)
    _queue(session, message)
    return message


def _queue(session: Session, message: Message) -> None:
    enqueue(session, DELIVER, key=str(message.id), payload={"message_id": str(message.id)})


def _is_written(session: Session, event_id: UUID, audience: str) -> bool:
    there = select(Message.id).where(
        Message.event_id == event_id, Message.audience == audience, Message.channel == EMAIL
    )
    return session.scalar(there) is not None


def _written(event_id: UUID, draft: Draft, company: Company, at: datetime) -> Message:
    language = language_of(company.locale)
    rendered = render(text_of(language, draft.kind, draft.audience), draft.values, _frame(company, language))
    return Message(
        id=new_id(),
        company_id=company.id,
        event_id=event_id,
        kind=draft.kind,
        audience=draft.audience,
        channel=EMAIL,
        about=str(draft.about),
        installation_id=draft.installation_id,
        recipient=draft.to,
        recipient_name=draft.name,
        sender_name=company.name,
        reply_to=draft.reply_to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sealed_link=draft.sealed_link,
        expires_at=draft.expires_at,
        state=QUEUED,
        copy=1,
        version=1,
        created_at=at,
    )


def _frame(company: Company, language: str) -> Frame:
    phone = f"{words(language)['phone']}: {company.phone}" if company.phone else None
    contact = tuple(filter(None, (company.address, phone, company.email)))
    return Frame(language, company.name, contact)
