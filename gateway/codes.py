"""One-time codes: six digits, ten minutes, few tries; a newer one ends the one before.

Whether the contact is anybody's makes no difference to what is done here, so that nobody learns it from the answer
or from how long it takes: a code for nobody is made, kept and told, too, and the event that tells it has no address.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import current_company
from events.gateway import PortalCodeIssued
from gateway import attempts
from gateway.attempts import Limit
from gateway.clients import Contact
from gateway.model import PortalCode

DIGITS = 6
LIFE = timedelta(minutes=10)
KEPT = timedelta(days=1)
MOST_TRIES = 5
ASKED, WRONG = "portal-code", "portal-wrong"
_HOUR = timedelta(hours=1)
# By contact: what a person needs who mistypes. By address: a whole village may come from behind one of them.
# By company: what bounds the guesses of somebody who has many addresses.
BY_CONTACT = (Limit(ASKED, 5, _HOUR), Limit(ASKED, 12, timedelta(days=1)))
BY_ADDRESS = (Limit(ASKED, 60, _HOUR), Limit(WRONG, 40, _HOUR))
BY_COMPANY = (Limit(ASKED, 600, _HOUR), Limit(WRONG, 300, _HOUR))


def too_many(session: Session, contact: Contact | None, *, ip: str | None, at: datetime) -> bool:
    """Whether no code is to be made, or looked at, for a while. `session` serves the company."""
    company = str(current_company(session))
    asked = [(limit, company) for limit in BY_COMPANY] + [(limit, f"{company}/{ip}") for limit in BY_ADDRESS]
    if contact is not None:
        asked += [(limit, f"{company}/{contact.id}") for limit in BY_CONTACT]
    return any(limit.is_reached(session, who, at=at) for limit, who in asked)


def issue(
    session: Session,
    contact: Contact,
    *,
    person: dict[str, Any] | None,
    ip: str | None,
    at: datetime,
    keys: Sequence[bytes],
    shared: Keyring,
) -> PortalCode:
    """Makes a code and tells it to who sends it: to the `person` of the contact, or to nobody."""
    company = current_company(session)
    for who in (str(company), f"{company}/{ip}", f"{company}/{contact.id}"):
        attempts.note(session, ASKED, who, at=at)
    _end_earlier(session, contact, at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = PortalCode(
        id=new_id(),
        kind=contact.kind,
        contact=contact.value,
        code_hash="",
        tries=0,
        created_at=at,
        expires_at=at + LIFE,
    )
    row.code_hash = _hashed(keys[0], row.id, code)
    session.add(row)
    session.flush()
    told = PortalCodeIssued(
        code_id=row.id,
        first_name=person["first_name"] if person else None,
        last_name=person["last_name"] if person else None,
        sealed_code=shared.seal(code, context=f"portal-code/{company}/{row.id}"),
        expires_at=row.expires_at,
        **{contact.kind: contact.value if person else None},
    )
    announce(session, told, entity_version=1)
    return row


def accept(
    session: Session, code_id: UUID, typed: str, *, ip: str | None, at: datetime, keys: Sequence[bytes]
) -> Contact | None:
    """Whose code it is, once; None for a wrong one, which is counted. `session` serves the company."""
    row = session.get(PortalCode, code_id, with_for_update=True)
    digits = "".join(filter(str.isdigit, typed))
    right = any(hmac.compare_digest(_hashed(key, code_id, digits), row.code_hash if row else "") for key in keys)
    if row is None or row.ended_at or at >= row.expires_at or row.tries >= MOST_TRIES:
        return None
    row.tries += 1
    if not right:
        for who in (str(row.company_id), f"{row.company_id}/{ip}"):
            attempts.note(session, WRONG, who, at=at)
        return None
    row.ended_at = at
    return Contact(row.kind, row.contact)


def tries_left(session: Session, code_id: UUID, *, at: datetime) -> int:
    """0 when another code is needed."""
    row = session.get(PortalCode, code_id)
    if row is None or row.ended_at or at >= row.expires_at:
        return 0
    return max(0, MOST_TRIES - row.tries)


def forget_old(session: Session, *, at: datetime) -> None:
    """`session` serves their company."""
    session.execute(delete(PortalCode).where(PortalCode.expires_at < at - KEPT))


def _end_earlier(session: Session, contact: Contact, at: datetime) -> None:
    theirs = (PortalCode.kind == contact.kind, PortalCode.contact == contact.value, PortalCode.ended_at.is_(None))
    session.execute(update(PortalCode).where(*theirs).values(ended_at=at))


def _hashed(key: bytes, code_id: UUID, code: str) -> str:
    """With a key that is not in the database: a million codes are tried in no time."""
    return hmac.new(key, f"{code_id}/{code}".encode(), hashlib.sha256).hexdigest()
