"""Finding one row, and numbering without gaps."""

from __future__ import annotations

import re
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.storage.dialect import upsert
from chassis.storage.scope import CompanyOwned, current_company
from chassis.storage.tables import counters

Model = TypeVar("Model", bound=CompanyOwned)


def find(session: Session, model: type[Model], id: UUID, *, lock: bool = False) -> Model:
    """The company's row of this id; raises `NotFound("<model>-not-found")`, also when it is another company's.

    `lock` keeps other transactions from changing it until this one ends.
    """
    if lock:
        session.flush()
    row = session.get(model, id, with_for_update=lock or None, populate_existing=lock)
    # The identity map answers without a statement, so the scope is asked again.
    if row is None or row.company_id != current_company(session):
        raise NotFound(f"{_in_words(model.__name__)}-not-found")
    return row


def _in_words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def next_number(session: Session, name: str) -> int:
    """1, 2, 3, ... for this company and `name`; without gaps: the row is locked until the transaction ends."""
    return next_numbers(session, name, 1)[0]


def next_numbers(session: Session, name: str, count: int) -> range:
    """The next `count` of them, at least one."""
    first = {"company_id": current_company(session), "name": name, "value": count}
    counted = upsert(
        session,
        counters,
        first,
        key=["company_id", "name"],
        change={"value": counters.c.value + count},
        returning=[counters.c.value],
    )
    last = counted.scalar_one()
    return range(last - count + 1, last + 1)
