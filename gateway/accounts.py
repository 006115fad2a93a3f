"""Companies and staff accounts: made, changed, told to the services."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.schemas import coded
from chassis.storage import enter_company, find
from events.gateway import CompanyChanged, StaffChanged
from gateway import domains
from gateway.model import Company, PublicFace, StaffAccount

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
FEWEST_CHARACTERS = 5
_hasher = PasswordHasher()
# What an unknown address is checked against, so that it takes as long as a known one.
_NOBODY = _hasher.hash("nobody has this password")


def save_company(session: Session, *, base_url: str, company_id: UUID | None = None, **values: Any) -> Company:
    """Creates a company, or changes one; raises `ValidationFailed` when the slug is another's."""
    company_id = company_id or new_id()
    enter_company(session, company_id)
    company = session.get(Company, company_id)
    if company is None:
        company = Company(id=company_id, public_uuid=new_id(), version=0, active=True, public_identifier="slug")
        session.add(company)
    for name, value in values.items():
        setattr(company, name, value)
    session.flush()
    _tell(session, company, _told_company(session, company, base_url))
    return company


def retell_company(session: Session, *, base_url: str, company_id: UUID) -> bool:
    """Tells it again, and gives true, when it was told otherwise last: a newer gateway may say more of it."""
    company = find(session, Company, company_id, lock=True)
    told = _told_company(session, company, base_url)
    if company.told_as == _digest(told):
        return False
    _tell(session, company, told)
    return True


def _tell(session: Session, company: Company, told: dict[str, Any]) -> None:
    company.version += 1
    company.told_as = _digest(told)
    announce(session, CompanyChanged(**told), entity_version=company.version)


def _digest(told: dict[str, Any]) -> str:
    return sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _told_company(session: Session, company: Company, base_url: str) -> dict[str, Any]:
    face = session.get(PublicFace, company.id)
    names = (
        "name", "slug", "public_uuid", "public_identifier", "email", "phone", "address", "tax_id", "locale",
        "currency", "time_zone", "active",
    )  # fmt: skip
    more = {
        "company_id": company.id,
        "base_url": domains.base_url_of(session, company.id, base_url),
        "logo_file_key": face.logo_key if face else None,
    }
    return {name: getattr(company, name) for name in names} | more


def save_staff(
    session: Session, *, name: str, email: str, role: str, password: str | None, staff_id: UUID | None = None,
    active: bool = True,
) -> StaffAccount:  # fmt: skip
    """Creates an account, or changes one. `session` serves the company.

    Without `password` the one before stays; a new account then has one that nobody knows, until its owner chooses it.
    """
    if password is None and staff_id is None:
        password_hash: str | None = _hasher.hash(secrets.token_urlsafe(32))
    else:
        password_hash = _hash(password, email) if password is not None else None
    account = session.get(StaffAccount, staff_id) if staff_id else None
    if account is None:
        account = StaffAccount(id=staff_id or new_id(), version=0)
        session.add(account)
    account.name, account.email, account.role, account.active = name, email.strip().casefold(), role, active
    if password_hash is not None:
        account.password_hash = password_hash
    account.version += 1
    session.flush()
    told = StaffChanged(staff_id=account.id, name=name, email=account.email, role=role, active=active)
    announce(session, told, entity_version=account.version)
    return account


def change_password(session: Session, account: StaffAccount, *, old: str, new: str) -> None:
    """Raises `ValidationFailed` when `old` is not the password, or `new` is none."""
    if not is_password(account, old):
        raise ValidationFailed(fields={"old_password": coded("password-wrong")})
    account.password_hash = _hash(new, account.email)


def choose_password(account: StaffAccount, password: str) -> None:
    """Raises `ValidationFailed` when it is one that is easily guessed."""
    account.password_hash = _hash(password, account.email)


def _hash(password: str, email: str) -> str:
    if wrong := _weakness(password, email):
        raise ValidationFailed(fields={"password": [wrong]})
    return _hasher.hash(password)


def _weakness(password: str, email: str) -> dict[str, Any] | None:
    """Length is what counts; besides, no name of one's own and no pattern of a few keys."""
    if len(password) < SHORTEST_PASSWORD:
        return {"code": "too-short", "params": {"min": SHORTEST_PASSWORD}}
    if len(password) > LONGEST_PASSWORD:
        return {"code": "too-long", "params": {"max": LONGEST_PASSWORD}}
    own = email.strip().casefold().partition("@")[0]
    if len(set(password)) < FEWEST_CHARACTERS or (len(own) > 3 and own in password.casefold()):
        return {"code": "password-easily-guessed", "params": {}}
    return None


def is_password(account: StaffAccount | None, password: str) -> bool:
    """For nobody's it takes as long to say no."""
    try:
        return _hasher.verify(account.password_hash if account else _NOBODY, password) and account is not None
    except VerificationError:
        return False


def named(session: Session, email: str) -> StaffAccount | None:
    """The account with this address. `session` sees every company."""
    return session.scalar(select(StaffAccount).where(StaffAccount.email == email.strip().casefold()))


def authenticate(session: Session, *, email: str, password: str) -> StaffAccount | None:
    """The account whose password this is. `session` sees every company."""
    account = named(session, email)
    return account if is_password(account, password) and account.active else None


def company_by_public_name(session: Session, public_name: str) -> Company | None:
    """The company whose form has this address; None also for the name that the company did not choose."""
    where = Company.slug == public_name
    try:
        where |= Company.public_uuid == UUID(public_name)
    except ValueError:
        where = Company.slug == public_name
    company = session.scalar(select(Company).where(where, Company.active))
    return company if company is not None and company.public_name == public_name else None
