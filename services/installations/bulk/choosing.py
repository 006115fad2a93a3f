"""Who a bulk change is for: those that were ticked, or all that a list finds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import schemas as chassis_schemas
from chassis.storage.paging import MOST as PAGE
from services.installations import listing, schemas
from services.installations.errors import NothingChosen, TooManyChosen
from services.installations.model import Installation

MOST = 10_000
"""So many are changed at once; whoever finds more narrows the filter."""


def chosen_ids(
    session: Session, *, list: str, installation_ids: list[UUID] | None, filters: dict[str, Any]
) -> list[UUID]:
    """Of the company: the ticked ones by number, or those of the filter as the list has them.

    Raises `NothingChosen`, `TooManyChosen`.
    """
    found = _found(session, list, filters) if installation_ids is None else _ticked(session, installation_ids)
    if not found:
        raise NothingChosen
    if len(found) > MOST:
        raise TooManyChosen(most=MOST)
    return found


def _ticked(session: Session, ids: list[UUID]) -> list[UUID]:
    statement = select(Installation.id).where(Installation.id.in_(ids))
    return [*session.scalars(statement.order_by(Installation.number))]


def _found(session: Session, list: str, filters: dict[str, Any]) -> list[UUID]:
    """At most some more than may be: enough to see that it is too many."""
    read, schema = {
        "installations": (listing.list_installations, schemas.InstallationSearch()),
        "clients": (listing.list_clients, schemas.ClientSearch()),
    }[list]
    found: list[UUID] = []
    after = None
    while len(found) <= MOST:
        asked = chassis_schemas.load(schema, {**filters, "after": after, "limit": PAGE})
        page = read(session, **asked)
        found += [row.installation_id for row in page.rows]
        after = page.next
        if after is None:
            break
    return found
