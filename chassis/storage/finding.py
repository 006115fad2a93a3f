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

from sqlalchemy import ColumnElement, Select, String, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.storage.columns import BytewiseString, UtcDateTime
from chassis.storage.paging import Order, Page, paginate, paginate_merged
from chassis.storage.scope import CompanyOwned
from chassis.storage.triggers import Kept
from chassis.storage.words import LONGEST, matches

RARE = 500
"""So many rows are looked up one by one."""
COMMON = 5_000
"""So many are at least met often enough in a list of any order."""
ALIKE = 12
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
    """For `words` (see `wanted`) among those rows of `model` whose words are `lines` of the `sections`."""

    model: Any
    lines: type[Any]
    sections: Sequence[str]
    words: list[str]

    def narrowed(self, session: Session, statement: Select[Any]) -> Select[Any]:
        """Only what is found, for a list of any order."""
        statement = self._found(statement)
        if (rare := self._rare(session)) is not None:
            return statement.where(self.model.id.in_(rare))
        word, n = self._rarest(session)
        if n <= COMMON:
            return statement.where(self.model.id.in_(select(self.lines.id).where(self._begins(word))))
        return statement

    def page(self, session: Session, statement: Select[Any], order: Order, **paging: Any) -> Page:
        """Of a list that is ordered as the lines are, and narrowed by nothing but the search and the sections."""
        statement = self._found(statement)
        if (rare := self._rare(session)) is not None:
            return paginate(session, statement.where(self.model.id.in_(rare)), order=order, **paging)
        word = self.words[0] if len(self.words) == 1 else self._rarest(session)[0]
        whole = self._whole(session, word)
        if len(whole) > ALIKE:
            return paginate(session, statement, order=order, **paging)
        lines, way = self.lines, order[0][1]
        statement = statement.join(lines, lines.id == self.model.id)
        each = [statement.where(lines.section == section, lines.word == word) for section, word in whole]
        return paginate_merged(session, each, order=[(lines.at, way), (lines.id, way)], **paging)

    def _found(self, statement: Select[Any]) -> Select[Any]:
        return statement.where(matches(self.model.search_text, self.words))

    def _rare(self, session: Session) -> set[UUID] | None:
        """What has one of the words, when those are few; None when all words are common."""
        for word in self.words:
            found = session.scalars(select(self.lines.id).where(self._begins(word)).limit(RARE + 1)).all()
            if len(found) <= RARE:
                return set(found)
        return None if self.words else set()

    def _rarest(self, session: Session) -> tuple[str, int]:
        """The word that the fewest rows have, and how many those are; no more are counted than matter."""
        counts = {}
        for word in self.words:
            some = select(self.lines.id).where(self._begins(word)).limit(COMMON + 1).subquery()
            counts[word] = session.scalar(select(func.count()).select_from(some)) or 0
        rarest = min(counts, key=lambda word: (counts[word], -len(word)))
        return rarest, counts[rarest]

    def _whole(self, session: Session, word: str) -> list[tuple[str, str]]:
        """The words there are that begin so, each with its section; when they are too many, only the first ones."""
        found: list[tuple[str, str]] = []
        for section in self.sections:
            beginning = (self.lines.section == section, self.lines.word < _end_of(word))
            bound = self.lines.word >= word
            while len(found) <= ALIKE:
                following = session.scalar(select(func.min(self.lines.word)).where(*beginning, bound))
                if following is None:
                    break
                found.append((section, following))
                bound = self.lines.word > following
        return found

    def _begins(self, word: str) -> ColumnElement[bool]:
        return (self.lines.section.in_(self.sections)) & (self.lines.word >= word) & (self.lines.word < _end_of(word))


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
