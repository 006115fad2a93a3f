"""Signed-in browsers: a random cookie, its hash in the database, and an end in any case."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gateway.model import Company, StaffAccount, StaffSession

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
# Writing "seen" on every click would make every page a write.
SEEN_EVERY = timedelta(minutes=5)


@dataclasses.dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a request, and for which company."""

    session_id: str
    account: StaffAccount
    company: Company


def open_session(
    session: Session, account: StaffAccount, *, at: datetime, ip: str | None, user_agent: str | None
) -> str:
    """A new session; returns what the cookie holds. `session` serves the account's company."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            id=_hashed(token),
            account_id=account.id,
            created_at=at,
            seen_at=at,
            ip=ip,
            user_agent=(user_agent or "")[:300],
        )
    )
    return token


def find_session(session: Session, token: str, *, at: datetime) -> tuple[SignedIn, bool] | None:
    """Whose token this is, and whether it is time to note that they were seen; None when it opens nothing.
    `session` sees every company."""
    row = session.get(StaffSession, _hashed(token))
    if row is None or at - row.seen_at > IDLE or at - row.created_at > ABSOLUTE:
        return None
    account, company = session.get(StaffAccount, row.account_id), session.get(Company, row.company_id)
    if account is None or company is None or not account.active or not company.active:
        return None
    return SignedIn(row.id, account, company), at - row.seen_at > SEEN_EVERY


def note_seen(session: Session, session_id: str, *, at: datetime) -> None:
    row = session.get(StaffSession, session_id)
    if row is not None:
        row.seen_at = at


def close_session(session: Session, session_id: str) -> None:
    session.execute(delete(StaffSession).where(StaffSession.id == session_id))


def close_all(session: Session, account_id: UUID) -> None:
    """Everywhere at once: after a new password, or when somebody leaves."""
    session.execute(delete(StaffSession).where(StaffSession.account_id == account_id))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
