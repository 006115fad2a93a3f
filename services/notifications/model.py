"""Messages, each to one person or company about one fact, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime, make_base
from services.notifications.errors import LinkExpired

Base = make_base("notifications")

QUEUED, SENT, FAILED, WITHDRAWN = "queued", "sent", "failed", "withdrawn"
STATES = (QUEUED, SENT, FAILED, WITHDRAWN)
PERSON, COMPANY = "person", "company"
EMAIL, SMS = "email", "sms"
CHANNELS = (EMAIL, SMS)
LINK_PLACE = "{{ secret.link }}"
"""Stands in a body for a link or a code that only its reader may know, until the moment of sending."""
HIDDEN = "••••••"


class Company(CompanyOwned, Base):
    """What the gateway told about the company; `id` is the company's. `version` is the newest event's."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(400))
    locale: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(64))
    base_url: Mapped[str] = mapped_column(String(400))
    version: Mapped[int]


class Message(CompanyOwned, Base):
    """`recipient` is an e-mail address, or a telephone in E.164. `copy` grows when staff send it once more, so that
    mailboxes show it once more.

    `about` is the entity that it speaks of, `installation_id` whose story that belongs to, when there is one.
    `sealed_link` and `expires_at` are of a message with a secret link or code. `moved_from` and `fact_version` are of
    one about a visit's new time: when it was as far as the person knows, and the version of the newest fact in it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("event_id", "audience", "channel"),
        Index("ix_messages_list", "company_id", "created_at", "id"),
        Index("ix_messages_about", "company_id", "about"),
        Index("ix_messages_installation_id", "company_id", "installation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(40))
    audience: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(64))
    installation_id: Mapped[UUID | None]
    recipient: Mapped[str] = mapped_column(String(320))
    recipient_name: Mapped[str] = mapped_column(String(250))
    sender_name: Mapped[str] = mapped_column(String(200))
    reply_to: Mapped[str | None] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    sealed_link: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))
    copy: Mapped[int]
    version: Mapped[int]
    failure_code: Mapped[str | None] = mapped_column(String(80))
    failure_params: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fact_version: Mapped[int | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def link_context(self) -> str:
        """Where the link or code was sealed for, by whom it comes from."""
        return f"{self.kind}/{self.company_id}/{self.about}"

    @property
    def shown_text(self) -> str:
        return self.text.replace(LINK_PLACE, HIDDEN)

    @property
    def shown_html(self) -> str:
        return self.html.replace(LINK_PLACE, HIDDEN)

    def is_expired(self, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at

    def delivered(self, at: datetime) -> None:
        self.state, self.sent_at = SENT, at
        self.failure_code = self.failure_params = None
        self.version += 1

    def failed(self, code: str, params: dict[str, Any]) -> None:
        self.state, self.failure_code, self.failure_params = FAILED, code, params
        self.version += 1

    def withdraw(self) -> None:
        """What it would have said is not so any more, and nobody has read it."""
        self.state = WITHDRAWN
        self.version += 1

    def send_again(self, at: datetime) -> None:
        """Raises `LinkExpired`. One that waits is only hurried: it is still the same copy."""
        if self.is_expired(at):
            raise LinkExpired
        if self.state == SENT:
            self.copy += 1
        self.state = QUEUED
        self.failure_code = self.failure_params = None
        self.version += 1


class CancelledVisit(CompanyOwned, Base):
    """An installation, by its `id`, that nobody comes for: what is heard of its visit afterwards is older than that."""

    __tablename__ = "cancelled_visits"

    id: Mapped[UUID] = mapped_column(primary_key=True)


class SmsGateway(CompanyOwned, Base):
    """The company's way to send text messages: an HTTP request to whoever sends them; `id` is the company's.

    `url`, `headers` (lines of `Name: value`) and `body` have tags. `kinds` are the messages that also go as text
    messages to who left a telephone; codes always do. `country` is where telephones without a prefix are from.
    `accepted_when` is a text that the answer must hold, for gateways that answer 200 to everything.
    """

    __tablename__ = "sms_gateways"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    active: Mapped[bool]
    method: Mapped[str] = mapped_column(String(4))
    url: Mapped[str] = mapped_column(String(1000))
    headers: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    accepted_when: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    kinds: Mapped[list[str]] = mapped_column(JSON)
    sealed_secret: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]

    @property
    def has_secret(self) -> bool:
        return self.sealed_secret is not None

    @property
    def secret_context(self) -> str:
        return f"notifications.sms-gateway/{self.id}/secret"
