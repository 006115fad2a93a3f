"""Signed-in browsers: a random cookie, its hash in the database, and an end in any case."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from chassis.storage import Database
from gateway.model import Company, StaffAccount, StaffSession

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
# Writing "seen" on every click would make every page a write.
SEEN_EVERY = timedelta(minutes=5)
MOST_KNOWN = 4_000
_SESSION, _ACCOUNT, _COMPANY = StaffSession.__table__.c, StaffAccount.__table__.c, Company.__table__.c
_OPENED = (_SESSION.id, _SESSION.created_at, _SESSION.seen_at)
# Every page asks it, so it is put together once, and of columns: rows of models take longer to make than to read.
_BY_TOKEN = (
    select(*(column.label(f"{column.table.name}_{column.name}") for column in (*_OPENED, *_ACCOUNT, *_COMPANY)))
    .select_from(StaffSession.__table__)
    .join(StaffAccount.__table__, _ACCOUNT.id == _SESSION.account_id)
    .join(Company.__table__, _COMPANY.id == _SESSION.company_id)
    .where(_SESSION.id == bindparam("id"))
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


def find_session(database: Database, token: str, *, at: datetime) -> tuple[SignedIn, bool] | None:
    """Whose token this is, and whether it is time to note that they were seen; None when it opens nothing."""
    found = database.look_up(_BY_TOKEN, id=_hashed(token))
    if found is None:
        return None
    session_id, created_at, seen_at, *rest = found
    account, company = _account(*rest[: len(_ACCOUNT)]), _company(*rest[len(_ACCOUNT) :])
    if at - seen_at > IDLE or at - created_at > ABSOLUTE or not (account.active and company.active):
        return None
    return SignedIn(session_id, account, company), at - seen_at > SEEN_EVERY


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


@lru_cache(maxsize=MOST_KNOWN)
def _account(*values: Any) -> StaffAccount:
    """Made once for as long as the row is the same: each of somebody's requests is given it, and none may change it."""
    return StaffAccount(**dict(zip(_ACCOUNT.keys(), values, strict=True)))


@lru_cache(maxsize=MOST_KNOWN)
def _company(*values: Any) -> Company:
    """As `_account`."""
    return Company(**dict(zip(_COMPANY.keys(), values, strict=True)))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
