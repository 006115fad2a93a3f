"""Rows of a list, page after page, into a file that the writer of spreadsheets takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import marshmallow
import orjson
from sqlalchemy.orm import Session

from chassis.breathing import breathe
from chassis.spreadsheets.kinds import TEXT
from chassis.storage import Database
from chassis.storage.paging import MOST, Page

TELLING = 5_000  # rows between two words of how far it is


@dataclasses.dataclass(frozen=True, slots=True)
class ExportedColumn:
    """`value(row)` gives what `kind` of `chassis.spreadsheets` wants, or None."""

    value: Callable[[Any], Any]
    kind: str = TEXT


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A list as its screens know it: `read(session, **filters)` gives a page, `takes` is the schema of its filters.

    `count(session, **filters)`: how many rows that is, by what is counted anyhow; None where nobody knows beforehand.
    """

    read: Callable[..., Page]
    takes: marshmallow.Schema
    columns: Mapping[str, ExportedColumn]
    count: Callable[..., int | None] = lambda _session, **_filters: None


def count(database: Database, company_id: UUID, exported: Exported, filters: dict[str, Any]) -> int | None:
    with database.read(company_id) as session:
        return exported.count(session, **exported.takes.load(filters))


def read_into(
    target: Path,
    database: Database,
    company_id: UUID,
    exported: Exported,
    *,
    keys: list[str],
    filters: dict[str, Any],
    tell: Callable[[int], None],
) -> int:
    """One JSON list per row; returns how many rows. `tell` hears of it now and then."""
    values = [exported.columns[key].value for key in keys]
    read, told, after = 0, 0, None
    with target.open("wb") as file:
        while True:
            with database.read(company_id) as session:
                page = _page(session, exported, filters, after)
                lines = [orjson.dumps([value(row) for value in values]) for row in page.rows]
            breathe()
            file.writelines(line + b"\n" for line in lines)
            read, after = read + len(lines), page.next
            if after is None:
                return read
            if read - told >= TELLING:
                told = read
                tell(read)


def _page(session: Session, exported: Exported, filters: dict[str, Any], after: str | None) -> Page:
    asked = exported.takes.load({**filters, "after": after, "limit": MOST})
    return exported.read(session, **asked)
