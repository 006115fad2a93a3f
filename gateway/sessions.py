"""Signed-in browsers: a random cookie, its hash in the database, and an end in any case."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from gateway.model import Company, StaffAccount, StaffSession

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
# Writing "seen" on every click would make every page a write.
SEEN_EVERY = timedelta(minutes=5)
# Every page asks it, so it is put together once.
_BY_TOKEN = (
    select(StaffSession, StaffAccount, Company)
    .join(StaffAccount, StaffAccount.id == StaffSession.account_id)
    .join(Company, Company.id == StaffSession.company_id)
    .where(StaffSession.id == bindparam("id"))
)


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
    found = session.execute(_BY_TOKEN, {"id": _hashed(token)}).one_or_none()
    if found is None:
        return None
    row, account, company = found
    if at - row.seen_at > IDLE or at - row.created_at > ABSOLUTE or not (account.active and company.active):
        return None
    return SignedIn(row.id, account, company), at - row.seen_at > SEEN_EVERY


def note_seen(session: Session, session_id: str, *, at: datetime) -> None:
    row = session.get(StaffSession, session_id)
    if row is not None:
        row.seen_at = at


def open_sessions(session: Session, account_id: UUID, *, at: datetime) -> list[StaffSession]:
    """Those that still open something, the one used last first."""
    alive = select(StaffSession).where(
        StaffSession.account_id == account_id, StaffSession.seen_at > at - IDLE, StaffSession.created_at > at - ABSOLUTE
    )
    return list(session.scalars(alive.order_by(StaffSession.seen_at.desc())))


def close_session(session: Session, session_id: str, *, account_id: UUID) -> None:
    session.execute(delete(StaffSession).where(StaffSession.id == session_id, StaffSession.account_id == account_id))


def close_all(session: Session, account_id: UUID, *, but: str | None = None) -> None:
    """Everywhere at once: after a new password, or when somebody leaves; `but` is left open."""
    session.execute(delete(StaffSession).where(StaffSession.account_id == account_id, StaffSession.id != (but or "")))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
