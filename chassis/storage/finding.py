"""Pages of what a search finds, as quick for a word that one row has as for one that fifty thousand have.

Beside a table stands another with a line for each word of each row, in the order in which the words' rows are listed.
A rare word's rows are all looked up by it; those of a common one are walked through in that order until a page is full.
What finds a row is said by `chassis.storage.words` alone: the table is a way there, no second opinion.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, String, Uuid, func, intersect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.storage.columns import BytewiseString, UtcDateTime
from chassis.storage.paging import Order, Page, paginate, paginate_merged
from chassis.storage.scope import CompanyOwned
from chassis.storage.triggers import Kept
from chassis.storage.words import LONGEST, matches

RARE = 200
"""So many rows are looked up one by one."""
COMMON = 5_000
"""So many are at least met often enough in a list of any order."""
ALIKE = 5
"""So many words that begin alike are walked through beside each other."""


class WordOfRow(CompanyOwned):
    """One of the words of the row `id`. `section` is the part of the table that is listed by itself, `at` its order."""

    company_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, sort_order=-1)
    section: Mapped[str] = mapped_column(String(20), primary_key=True)
    word: Mapped[str] = mapped_column(BytewiseString(LONGEST), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """For `words` (see `wanted`) among those rows of `model` whose words are `lines` of the `sections`. `dated` are
    conditions of the lines' `at`, where the list has such for what that is made of."""

    model: Any
    lines: type[Any]
    sections: Sequence[str]
    words: list[str]
    dated: Sequence[ColumnElement[bool]] = ()

    def narrowed(self, session: Session, statement: Select[Any]) -> Select[Any]:
        """Only what is found, for a list of any order."""
        statement = statement.where(matches(self.model.search_text, self.words))
        few = self._rare(session)
        if few is None:
            few = self._uncommon(self._counted(session))
        return statement if few is None else statement.where(self.model.id.in_(few))

    def page(self, session: Session, statement: Select[Any], order: Order, **paging: Any) -> Page:
        """Of a list that is ordered as the lines are, and narrowed by nothing but the search and the sections."""
        statement = statement.where(matches(self.model.search_text, self.words))
        few: Any = self._rare(session)
        if few is None and len(self.words) == 1:
            whole = self._whole(session, self.words[0])
            if len(whole) <= ALIKE:
                return self._walked(session, statement, whole, order, **paging)
        if few is None:
            few = self._uncommon(self._counted(session))
        if few is not None:
            statement = statement.where(self.model.id.in_(few))
        return paginate(session, statement, order=order, **paging)

    def _walked(
        self, session: Session, statement: Select[Any], whole: list[tuple[str, str]], order: Order, **paging: Any
    ) -> Page:
        lines, way = self.lines, order[0][1]
        statement = statement.join(lines, lines.id == self.model.id)
        each = [statement.where(lines.section == section, lines.word == word) for section, word in whole]
        return paginate_merged(session, each, order=[(lines.at, way), (lines.id, way)], **paging)

    def _rare(self, session: Session) -> set[UUID] | None:
        """All that a word finds, when that is little; None when all words are more common."""
        for word in self.words:
            found = session.scalars(self._ids(word).limit(RARE + 1)).all()
            if len(found) <= RARE:
                return set(found)
        return None if self.words else set()

    def _uncommon(self, counted: list[tuple[int, str]]) -> Select[Any] | CompoundSelect[Any] | None:
        """What the rarest word finds, together with the next one; None when even that is common: then a list of any
        order meets it often enough."""
        if counted[0][0] > COMMON:
            return None
        # PostgreSQL guesses badly how many rows a word has; this way it need not choose how to bring the two together.
        ids = [self._ids(word) for _, word in counted[:2]]
        return intersect(*ids) if len(ids) > 1 else ids[0]

    def _counted(self, session: Session) -> list[tuple[int, str]]:
        """How many rows each word has, the rarest word first; no more are counted than matter."""
        counts = []
        for word in self.words:
            some = self._ids(word).limit(COMMON + 1).subquery()
            counts.append((session.scalar(select(func.count()).select_from(some)) or 0, word))
        return sorted(counts, key=lambda counted: (counted[0], -len(counted[1])))

    def _whole(self, session: Session, word: str) -> list[tuple[str, str]]:
        """The words there are that begin so, each with its section; when they are too many, only the first ones."""
        found: list[tuple[str, str]] = []
        for section in self.sections:
            following = select(self.lines.word).where(self.lines.section == section, self.lines.word < _end_of(word))
            following, bound = following.order_by(self.lines.word).limit(1), self.lines.word >= word
            while len(found) <= ALIKE and (next_one := session.scalar(following.where(bound))) is not None:
                found.append((section, next_one))
                bound = self.lines.word > next_one
        return found

    def _ids(self, word: str) -> Select[Any]:
        lines = self.lines
        begins = (lines.section.in_(self.sections), lines.word >= word, lines.word < _end_of(word))
        return select(lines.id).where(*begins, *self.dated)


def kept_words(lines: type[Any], *, table: str, section: str, at: str) -> Kept:
    """`section` and `at` are expressions of a `{row}` whose words are in its `search_text`; all are the program's."""
    name = lines.__tablename__
    split = {
        "postgresql": "unnest(string_to_array(btrim({row}.search_text), ' ')) AS word(value)",
        "sqlite": """json_each('["' || replace(trim({row}.search_text), ' ', '","') || '"]') AS word""",
    }
    into = f"INSERT INTO {name} (company_id, section, word, at, id)"
    values = f"SELECT {{row}}.company_id, {section}, word.value, {at}, {{row}}.id"
    key = f"company_id = {{row}}.company_id AND section = {section} AND at = {at} AND id = {{row}}.id"
    gone = f"DELETE FROM {name} WHERE {key} AND word IN"  # noqa: S608 - of names in the program
    return Kept(
        name=name,
        table=table,
        watched=("{row}.search_text", section, at),
        insert={dialect: f"{into} {values} FROM {each} WHERE word.value <> ''" for dialect, each in split.items()},
        delete={dialect: f"{gone} (SELECT word.value FROM {each})" for dialect, each in split.items()},  # noqa: S608
    )


def _end_of(word: str) -> str:
    """What comes after everything that begins with the word, bytewise."""
    return word + chr(0x10FFFF)
