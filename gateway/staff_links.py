"""Links with which staff choose their password: when they are invited, and when they forgot it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.secrets import Keyring
from events.gateway import StaffLinkIssued
from gateway import accounts, sessions
from gateway.model import StaffAccount, StaffLink

INVITATION, RESET = "invitation", "reset"
LIFE = {INVITATION: timedelta(days=7), RESET: timedelta(hours=1)}
KEPT = timedelta(days=30)


def issue(
    session: Session, account: StaffAccount, *, purpose: str, at: datetime, base_url: str, shared: Keyring
) -> StaffLink:
    """Tells the link, below `base_url`, to who mails it; the ones before open nothing any more.

    `session` serves the company.
    """
    _end_earlier(session, account, at)
    token = secrets.token_urlsafe(32)
    link = StaffLink(
        id=new_id(),
        account_id=account.id,
        purpose=purpose,
        token_hash=_hashed(token),
        created_at=at,
        expires_at=at + LIFE[purpose],
    )
    session.add(link)
    session.flush()
    context = f"staff-{purpose}/{account.company_id}/{link.id}"
    told = StaffLinkIssued(
        link_id=link.id,
        staff_id=account.id,
        purpose=purpose,
        name=account.name,
        email=account.email,
        sealed_address=shared.seal(f"{base_url}/clave/{token}", context),
        expires_at=link.expires_at,
    )
    announce(session, told, entity_version=1)
    return link


def find(session: Session, token: str, *, at: datetime) -> StaffAccount | None:
    """Whose password may be chosen with it; None when it opens nothing. `session` sees every company."""
    link = session.scalar(select(StaffLink).where(StaffLink.token_hash == _hashed(token)))
    if link is None or link.ended_at or at >= link.expires_at:
        return None
    account = session.get(StaffAccount, link.account_id)
    return account if account is not None and account.active else None


def use(session: Session, token: str, *, password: str, at: datetime) -> StaffAccount | None:
    """Chooses the password, once, and signs out every browser. `session` serves the account's company.

    None when the link opens nothing any more; raises `ValidationFailed` for a password that is easily guessed.
    """
    link = session.scalar(select(StaffLink).where(StaffLink.token_hash == _hashed(token)).with_for_update())
    account = find(session, token, at=at)
    if link is None or account is None:
        return None
    accounts.choose_password(account, password)
    link.ended_at = at
    sessions.close_all(session, account.id)
    return account


def forget_old(session: Session, *, at: datetime) -> None:
    """`session` serves their company."""
    session.execute(delete(StaffLink).where(StaffLink.expires_at < at - KEPT))


def _end_earlier(session: Session, account: StaffAccount, at: datetime) -> None:
    theirs = (StaffLink.account_id == account.id, StaffLink.ended_at.is_(None))
    session.execute(update(StaffLink).where(*theirs).values(ended_at=at))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
