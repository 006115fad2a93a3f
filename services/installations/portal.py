"""What clients see of their own: their services, and the files that were marked for them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from chassis.errors import NotFound
from chassis.phones import e164, tail
from chassis.storage import find
from services.installations.model import CANCELLED, CURRENT, ENDED, File, Installation
from services.installations.model.installation import email_key

EMAIL, PHONE = "email", "phone"
KINDS = (EMAIL, PHONE)
# More than anybody has; who typed the office's address into every client does not get all of them on one page.
MOST_SERVICES = 50


def services_of(session: Session, *, kind: str, value: str, country: str) -> list[Installation]:
    """What belongs to whoever has this e-mail address, or this telephone in E.164; the newest first.

    `country` is where a telephone is from that was written without a prefix.
    """
    statement = select(Installation).where(Installation.state != CANCELLED, _may_be(kind, value))
    statement = statement.options(joinedload(Installation.plan), joinedload(Installation.technician))
    found = session.scalars(statement.order_by(Installation.id.desc()).limit(MOST_SERVICES))
    return [each for each in found if kind == EMAIL or value in _phones(each, country)]


def files_for(session: Session, *, installation_id: UUID) -> list[File]:
    """Those marked visible; a contract only once the service is active, as it may still be replaced before."""
    active = find(session, Installation, installation_id).state in (*CURRENT, ENDED)
    statement = select(File).where(File.installation_id == installation_id, File.visible_to_client)
    return [file for file in session.scalars(statement.order_by(File.id)) if active or file.origin != "contract"]


def open_file_for(session: Session, *, installation_id: UUID, file_id: UUID) -> File:
    """Raises `NotFound` for a file that this client is not shown, as for one that there is not."""
    for file in files_for(session, installation_id=installation_id):
        if file.id == file_id:
            return file
    raise NotFound


def _may_be(kind: str, value: str) -> ColumnElement[bool]:
    if kind == EMAIL:
        return Installation.email_key == email_key(value)
    return or_(Installation.phone_key == tail(value), Installation.second_phone_key == tail(value))


def _phones(installation: Installation, country: str) -> set[str | None]:
    return {e164(installation.phone, country), e164(installation.second_phone, country)}
