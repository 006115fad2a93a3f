"""Clients who are signed in to their company's portal: apart from staff in every way, and ended when they say so."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.model import Company, PortalSession

COOKIE = "alta_client"
IDLE, ABSOLUTE = timedelta(hours=2), timedelta(hours=12)
REMEMBERED = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=5)


@dataclasses.dataclass(frozen=True, slots=True)
class Contact:
    """`kind` is email or phone; `value` the address in lower case, or the telephone in E.164."""

    kind: str
    value: str

    @property
    def id(self) -> str:
        """Names the person in logs without saying how to reach them."""
        return hashlib.sha256(f"{self.kind}/{self.value}".encode()).hexdigest()[:32]


@dataclasses.dataclass(frozen=True, slots=True)
class SignedInClient:
    """Who is behind a request to the portal. `known_ids` as in `PortalSession.installation_ids`."""

    session_id: str
    contact: Contact
    person: str
    company: Company
    known_ids: tuple[str, ...]


def open_session(
    session: Session,
    contact: Contact,
    *,
    person: str,
    installation_ids: Iterable[str],
    remembered: bool,
    at: datetime,
    ip: str | None,
    user_agent: str | None,
) -> str:
    """A new session; returns what the cookie holds. `session` serves the company."""
    token = secrets.token_urlsafe(32)
    session.add(
        PortalSession(
            id=_hashed(token),
            kind=contact.kind,
            contact=contact.value,
            person=person,
            installation_ids=list(installation_ids),
            remembered=remembered,
            created_at=at,
            seen_at=at,
            ip=ip,
            user_agent=(user_agent or "")[:300],
        )
    )
    return token


def find_session(session: Session, token: str, *, name: str, at: datetime) -> tuple[SignedInClient, bool] | None:
    """Whose token this is at the portal of this name, and whether to note that they were seen.

    None when it opens nothing there. `session` sees every company.
    """
    row = session.get(PortalSession, _hashed(token))
    if row is None or not _is_alive(row, at):
        return None
    company = session.get(Company, row.company_id)
    if company is None or not company.active or company.public_name != name:
        return None
    contact = Contact(row.kind, row.contact)
    client = SignedInClient(row.id, contact, row.person, company, tuple(row.installation_ids))
    return client, at - row.seen_at > SEEN_EVERY


def note_seen(session: Session, session_id: str, *, at: datetime) -> None:
    row = session.get(PortalSession, session_id)
    if row is not None:
        row.seen_at = at


def learn(session: Session, session_id: str, *, installation_ids: list[str]) -> None:
    """What belongs to the contact now."""
    row = session.get(PortalSession, session_id)
    if row is not None:
        row.installation_ids = installation_ids


def open_sessions(session: Session, contact: Contact, *, at: datetime) -> list[PortalSession]:
    """Those of this person that still open something, the one used last first."""
    theirs = select(PortalSession).where(*_of(contact)).order_by(PortalSession.seen_at.desc())
    return [row for row in session.scalars(theirs) if _is_alive(row, at)]


def close_session(session: Session, contact: Contact, session_id: str) -> None:
    session.execute(delete(PortalSession).where(*_of(contact), PortalSession.id == session_id))


def close_all(session: Session, contact: Contact, *, but: str | None = None) -> None:
    """Everywhere at once; `but` is left open."""
    session.execute(delete(PortalSession).where(*_of(contact), PortalSession.id != (but or "")))


def forget_ended(session: Session, *, at: datetime) -> None:
    """Those that open nothing any more. `session` serves their company."""
    session.execute(delete(PortalSession).where(PortalSession.created_at < at - REMEMBERED))


def _of(contact: Contact) -> tuple[Any, ...]:
    return PortalSession.kind == contact.kind, PortalSession.contact == contact.value


def _is_alive(row: PortalSession, at: datetime) -> bool:
    if row.remembered:
        return at - row.created_at <= REMEMBERED
    return at - row.seen_at <= IDLE and at - row.created_at <= ABSOLUTE


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
