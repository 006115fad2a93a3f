"""A line for each word of each row of a table, in the order in which the words' rows are listed.

The database keeps them up, whoever writes the table. They are a way to what a search finds (`chassis.storage.finding`);
what that is, is said by `chassis.storage.words` alone.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage.columns import BytewiseString, UtcDateTime
from chassis.storage.marks import NAMES, marks_sql
from chassis.storage.scope import CompanyOwned
from chassis.storage.triggers import Kept
from chassis.storage.words import LONGEST


class WordOfRow(CompanyOwned):
    """One of the words of the row `id`. `section` is the part of the table that is listed by itself, `at` its order.

    `marks` and `long_marks` are the row's (`chassis.storage.marks`), the same in all of its lines: in the key, so that
    its index alone says which lines are worth a look at their row. So is its `sort_name`, by which lists of people may
    be ordered.
    """

    company_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, sort_order=-1)
    section: Mapped[str] = mapped_column(String(20), primary_key=True)
    word: Mapped[str] = mapped_column(BytewiseString(LONGEST), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    marks: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    long_marks: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sort_name: Mapped[str] = mapped_column(BytewiseString(250), primary_key=True)


_SPLIT = {
    "postgresql": "unnest(string_to_array(btrim({row}.search_text), ' ')) AS word(value)",
    "sqlite": """json_each('["' || replace(trim({row}.search_text), ' ', '","') || '"]') AS word""",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WordLines:
    """The table of lines `name` beside a `table` whose words are in its `search_text`, and which has a `sort_name`.
    `section` and `at` are expressions of a `{row}`; all are the program's."""

    name: str
    table: str
    section: str
    at: str

    def kept(self) -> Kept:
        key = f"company_id = {{row}}.company_id AND section = {self.section} AND at = {self.at} AND id = {{row}}.id"
        gone = f"DELETE FROM {self.name} WHERE {key} AND word IN"  # noqa: S608 - of names in the program
        return Kept(
            name=self.name,
            table=self.table,
            watched=("{row}.search_text", "{row}.sort_name", self.section, self.at),
            insert={
                dialect: f"{self._insert()} FROM {_marked(dialect)} AS marked, {each} WHERE word.value <> ''"
                for dialect, each in _SPLIT.items()
            },
            delete={dialect: f"{gone} (SELECT word.value FROM {each})" for dialect, each in _SPLIT.items()},  # noqa: S608
        )

    def of_all_rows(self, dialect: str) -> str:
        """The statement that fills the table of lines when it was just made."""
        marked = f"JOIN {_marked(dialect, self.table)} AS marked ON marked.id = {{row}}.id"
        rows = f"{self.table} {marked} CROSS JOIN {_SPLIT[dialect]}"
        return f"{self._insert()} FROM {rows} WHERE word.value <> ''".format(row=self.table)

    def _insert(self) -> str:
        marked = ", ".join(f"marked.{name}" for name in NAMES)
        values = f"{{row}}.company_id, {self.section}, word.value, {self.at}, {{row}}.id, {marked}, {{row}}.sort_name"
        columns = ", ".join(("company_id", "section", "word", "at", "id", *NAMES, "sort_name"))
        return f"INSERT INTO {self.name} ({columns}) SELECT {values}"


def _marked(dialect: str, table: str | None = None) -> str:
    """The marks of one row; with `table`, those of each, by its id."""
    marks = ", ".join(f"{bits} AS {name}" for name, bits in marks_sql(dialect, "word.value").items())
    if table is None:
        return f"(SELECT {marks} FROM {_SPLIT[dialect]})"  # noqa: S608 - of the program
    words = f"{table} CROSS JOIN {_SPLIT[dialect]}"
    return f"(SELECT {{row}}.id, {marks} FROM {words} GROUP BY {{row}}.id)"  # noqa: S608 - of the program
