"""What technicians go through at each installation, and what they found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.schemas import coded
from chassis.storage import find
from services.installations.errors import ChangedMeanwhile, FieldRefused, FormRefused
from services.installations.model import Checklist, ChecklistAnswer, Installation
from services.installations.model.checklist import NUMBER, TEXT, TICK
from services.installations.projections import company_of

YES = "yes"
_FOLDER = Path(__file__).parent
_LANGUAGES = ("es", "en")


def current(session: Session) -> dict[str, Any]:
    """The company's own list, or in its language the one that Alta comes with, which has version 0."""
    own = session.scalar(select(Checklist))
    if own is not None:
        return {"version": own.version, "items": own.items}
    language = company_of(session).locale[:2]
    return {"version": 0, "items": _first_items(language if language in _LANGUAGES else "en")}


def save(session: Session, *, version: int, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Raises `ChangedMeanwhile`, and `FormRefused` where the least is more than the most. What was answered stays."""
    own = session.scalar(select(Checklist).with_for_update())
    if version != (own.version if own else 0):
        raise ChangedMeanwhile(version=own.version if own else 0)
    wrong = {
        f"items.{number}.least": coded("least-above-most")
        for number, item in enumerate(items)
        if None not in (item["least"], item["most"]) and item["least"] > item["most"]
    }
    if wrong:
        raise FormRefused(fields=wrong)
    own = own or Checklist(id=new_id(), version=0)
    own.items = [_kept(item) for item in items]
    own.version += 1
    session.add(own)
    return {"version": own.version, "items": own.items}


def answer(
    session: Session, *, installation_id: UUID, item_id: str, title: str, value: str | None, by: str, at: datetime
) -> ChecklistAnswer:
    """Notes what was found, in whatever state the installation is: what was seen was seen.

    `title` is the question as it was shown, for one that has left the list since. Of two answers the one
    that was given later counts, whichever arrives first. Raises `FieldRefused`.
    """
    find(session, Installation, installation_id, lock=True)
    found = session.get(ChecklistAnswer, (installation_id, item_id))
    if found is not None and found.answered_at > at:
        return found
    item = next((item for item in current(session)["items"] if item["item_id"] == item_id), None)
    item = item or {"title": title, "kind": found.kind if found else TEXT, "unit": found.unit if found else None}
    row = found or ChecklistAnswer(installation_id=installation_id, item_id=item_id)
    row.title, row.kind, row.unit = item["title"], item["kind"], item["unit"]
    row.value = _read(item["kind"], value)
    row.answered_by, row.answered_at = by, at
    session.add(row)
    session.flush()
    return row


def report(session: Session, *, installation_id: UUID) -> dict[str, Any]:
    """Every question of the list with what was found, and then what was answered of lists before it."""
    find(session, Installation, installation_id)
    statement = select(ChecklistAnswer).where(ChecklistAnswer.installation_id == installation_id)
    answers = {row.item_id: row for row in session.scalars(statement.order_by(ChecklistAnswer.answered_at))}
    listed = current(session)["items"]
    rows = [{**item, **_told(answers.pop(item["item_id"], None))} for item in listed]
    older = [{"title": row.title, "kind": row.kind, "unit": row.unit} for row in answers.values()]
    rows += [
        {**question, "item_id": row.item_id, "least": None, "most": None, **_told(row)}
        for question, row in zip(older, answers.values(), strict=True)
        if row.value is not None
    ]
    return {"rows": [{**row, "unusual": _is_unusual(row)} for row in rows]}


def _told(row: ChecklistAnswer | None) -> dict[str, Any]:
    names = ("value", "answered_by", "answered_at")
    return {name: getattr(row, name) if row is not None else None for name in names}


def _is_unusual(row: dict[str, Any]) -> bool:
    """A number outside of what is usual is noted all the same, and seen."""
    if row["kind"] != NUMBER or row["value"] is None:
        return False
    value, least, most = Decimal(row["value"]), row["least"], row["most"]
    return (least is not None and value < Decimal(str(least))) or (most is not None and value > Decimal(str(most)))


def _read(kind: str, value: str | None) -> str | None:
    if value is None or kind == TEXT:
        return value
    if kind == TICK:
        return YES
    try:
        number = Decimal(value.replace(",", ".").replace("−", "-").replace(" ", ""))
    except InvalidOperation as error:
        raise FieldRefused("value", "invalid-number") from error
    if not number.is_finite() or abs(number) > 10**9:
        raise FieldRefused("value", "out-of-range")
    return f"{number.normalize():f}"


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it; only a number has a unit and what is usual of it."""
    numeric = item["kind"] == NUMBER
    bounds = {name: float(item[name]) if numeric and item[name] is not None else None for name in ("least", "most")}
    unit = item["unit"] if numeric else None
    item_id = item["item_id"] or new_id().hex
    return {"item_id": item_id, "title": item["title"], "kind": item["kind"], "unit": unit, **bounds}


@cache
def _first_items(language: str) -> list[dict[str, Any]]:
    return json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
