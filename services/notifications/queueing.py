"""From a fact to messages that wait to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.messages import Event
from chassis.phones import e164
from chassis.storage import find
from services.notifications.composing import COMPOSERS, PORTAL_CODE, Draft
from services.notifications.model import EMAIL, PERSON, QUEUED, SMS, Company, Message, SmsGateway
from services.notifications.projections import company_of
from services.notifications.rendering import Frame, Rendered, render, render_short, short_text_of, text_of
from services.notifications.wording import has_short, language_of, words

DELIVER = "notifications.deliver"


def write_messages(session: Session, event: Event, *, at: datetime) -> None:
    """One message for each audience and channel of the fact, whatever is told twice; none about a quiet one. Raises
    `NotKnownYet`."""
    if event.data.get("quiet"):
        return
    company = company_of(session)
    for draft in COMPOSERS[type(event)](event, company):
        write(session, event, draft, company, at=at)


def write(
    session: Session, event: Event, draft: Draft, company: Company, *, at: datetime, not_before: datetime | None = None
) -> list[Message]:
    """The draft by each channel that is not written yet, to be sent now or then."""
    messages = [
        _written(event.meta.id, draft, channel, recipient, company, at)
        for channel, recipient in _ways(session, draft, company)
        if not _is_written(session, event.meta.id, draft.audience, channel)
    ]
    for message in messages:
        session.add(message)
        queue(session, message, not_before=not_before)
    return messages


def resend(session: Session, *, message_id: UUID, at: datetime) -> Message:
    """Sends it once more, or hurries it when it waits. Raises `LinkExpired`."""
    message = find(session, Message, message_id, lock=True)
    message.send_again(at)
    queue(session, message)
    return message


def queue(session: Session, message: Message, *, not_before: datetime | None = None) -> None:
    enqueue(session, DELIVER, key=str(message.id), payload={"message_id": str(message.id)}, at=not_before)


def _ways(session: Session, draft: Draft, company: Company) -> Iterator[tuple[str, str]]:
    """The channels that it goes by, with the address there."""
    if draft.to:
        yield EMAIL, draft.to
    gateway = session.get(SmsGateway, company.id) if draft.phone else None
    if gateway and gateway.active and draft.kind in (PORTAL_CODE, *gateway.kinds):
        phone = e164(draft.phone, gateway.country)
        if phone and has_short(draft.kind, draft.audience):
            yield SMS, phone


def _is_written(session: Session, event_id: UUID, audience: str, channel: str) -> bool:
    there = select(Message.id).where(
        Message.event_id == event_id, Message.audience == audience, Message.channel == channel
    )
    return session.scalar(there) is not None


def _written(event_id: UUID, draft: Draft, channel: str, recipient: str, company: Company, at: datetime) -> Message:
    rendered = _rendered(draft, channel, company)
    return Message(
        id=new_id(),
        company_id=company.id,
        event_id=event_id,
        kind=draft.kind,
        audience=draft.audience,
        channel=channel,
        about=str(draft.about),
        installation_id=draft.installation_id,
        recipient=recipient,
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


def try_out(session: Session, *, phone: str, name: str, at: datetime) -> Message:
    """A text message to see whether the gateway takes it. Goes as any other does, and is seen among them.

    Raises `NotKnownYet`. `phone` is in E.164.
    """
    company = company_of(session)
    test_id = new_id()
    draft = Draft(
        kind="sms-test", audience=PERSON, to=None, name=name, about=test_id, values={"empresa.nombre": company.name}
    )
    message = _written(test_id, draft, SMS, phone, company, at)
    session.add(message)
    queue(session, message)
    return message


def _rendered(draft: Draft, channel: str, company: Company) -> Rendered:
    language = language_of(company.locale)
    if channel == SMS:
        return render_short(short_text_of(language, draft.kind, draft.audience), draft.values)
    return render(text_of(language, draft.kind, draft.audience), draft.values, _frame(company, language))


def _frame(company: Company, language: str) -> Frame:
    phone = f"{words(language)['phone']}: {company.phone}" if company.phone else None
    contact = tuple(filter(None, (company.address, phone, company.email)))
    return Frame(language, company.name, contact)
