"""What lists are put in order by where that is another table's names: a zone, a plan."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from chassis.auditing import DERIVED
from chassis.storage.columns import BytewiseString
from chassis.storage.searching import searchable

LONGEST = 200


class Named:
    """`name_key` is the name as people look it up, for `ByName`; the index is `by_name`."""

    name: Mapped[str] = mapped_column(String(LONGEST))
    name_key: Mapped[str] = mapped_column(BytewiseString(LONGEST), server_default="", info={DERIVED: True})

    @validates("name")
    def _look_up_by(self, _column: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


def by_name(table: str) -> Index:
    return Index(f"ix_{table}_name_key", "company_id", "name_key", "id")


def name_key(name: str) -> str:
    return searchable(name)[:LONGEST]
