"""What a service is called on its router."""

from __future__ import annotations

from itertools import count
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.installations.model import Installation

LONGEST = 58
"""Characters, so that a number still fits behind it."""


def free_name(session: Session, *, router_id: UUID, wanted: str, but: UUID | None = None) -> str:
    """`wanted`, or with the first number behind it that nobody on the router has: ana.ruiz, ana.ruiz.2, ...

    `but` is the installation that asks, whose own name is free for it.
    """
    wanted = wanted[:LONGEST]
    column = Installation.reserved_name
    statement = select(column).where(
        Installation.router_id == router_id,
        or_(column == wanted, column.startswith(f"{wanted}.", autoescape=True)),
    )
    if but is not None:
        statement = statement.where(Installation.id != but)
    taken = set(session.scalars(statement))
    if wanted not in taken:
        return wanted
    return next(name for number in count(2) if (name := f"{wanted}.{number}") not in taken)
