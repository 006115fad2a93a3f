"""Pages of what a search finds, as quick for a word that one row has as for one that fifty thousand have.

Beside a table stands another with a line for each word of each row, in the order in which the words' rows are listed.
A rare word's rows are all looked up by it; those of a common one are walked through in that order until a page is full.
Of several words the rarest one's lines are gone through, past those whose marks say that the row lacks another word.
What finds a row is said by `chassis.storage.words` alone: the database keeps the lines up with the rows, word by word.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from copy import copy
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from chassis.storage.marks import marks_of
from chassis.storage.paging import Order, Page, beyond, bounds, decode, in_order, paginate, sorted_by
from chassis.storage.words import matches

RARE = 30
"""So many lines are brought here."""
COMMON = 2_000
"""So many rows are at least met often enough in a list of any order."""
FIRST = 200
"""So many rows are looked at before it is known how many of them have all words."""
SELDOM = 8
"""Of so many lines of a word one at most has the other words, too, when it pays to go through all of them."""
ALIKE = 5
"""So many words that begin alike are walked through beside each other."""


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
        few, rarest = self._few(session)
        if few is None:
            return self._narrowed_by(session, statement, rarest[0].word)
        return self._among(statement, {line.id for line in few})

    def page(self, session: Session, statement: Select[Any], order: Order, **paging: Any) -> Page:
        """Of a list that is ordered as the lines are, and narrowed by nothing but the search and the sections: what
        comes first is known before a row is read."""
        few, rarest = self._few(session)
        way = _Way(self.lines, order, **paging)
        ids = self._walked(session, rarest, way) if few is None else self._first_of(few, way)
        narrowed = self._narrowed_by(session, statement, rarest[0].word) if ids is None else self._among(statement, ids)
        return paginate(session, narrowed, order=order, **paging)

    def _few(self, session: Session) -> tuple[list[Any] | None, list[_Common]]:
        """The lines of a word that has few, those alone that have the marks of all words; else the words, the rarest
        one first."""
        if not self.words:
            return [], []
        looks = [self._look(word) for word in self.words]
        found: dict[str, list[Any]] = {word: [] for word in self.words}
        for line in session.execute(union_all(*looks) if len(looks) > 1 else looks[0]):
            found[line.wanted].append(line)
        fewest = min(found.values(), key=len)
        if len(fewest) <= RARE:
            marks = marks_of(self.words)
            return [line for line in fewest if line.marks & marks == marks], []
        common = [
            _Common(word=word, begins_others=lines[0].others, time=_between(lines)) for word, lines in found.items()
        ]
        return None, sorted(common, key=lambda word: word.time, reverse=True)

    def _look(self, word: str) -> Select[Any]:
        """The first lines of a word, and whether other words begin so."""
        lines = self.lines
        some = self._of(word).limit(RARE + 1).subquery()
        others = select(lines.id).where(lines.section.in_(self.sections), lines.word > word, lines.word < _end_of(word))
        return select(literal(word).label("wanted"), some, others.exists().label("others"))

    def _first_of(self, few: list[Any], way: _Way) -> list[UUID]:
        """Those of them that a page needs: of a single word's each is found, of several words' any may be."""
        keys = {(line.at, line.id) for line in few}
        return [id for _, id in (keys if len(self.words) > 1 else way.first_of(keys))]

    def _walked(self, session: Session, rarest: list[_Common], way: _Way) -> list[UUID] | None:
        """What a page needs, and maybe more; None where of each word too many begin so."""
        for common in rarest:
            whole = self._whole(session, common)
            if len(whole) <= ALIKE:
                walk = self._first if len(rarest) == 1 else self._first_with_all
                return walk(session, whole, way)
        if len(rarest) > 1 or self._commonness(session, rarest[0].word)[0] > COMMON:
            return None
        lines = select(self.lines.at, self.lines.id).where(*self._begins(rarest[0].word)).distinct()
        return [line.id for line in session.execute(way.first(lines, way.width + 1))]

    def _first(self, session: Session, whole: list[tuple[str, str]], way: _Way) -> list[UUID]:
        return list(session.scalars(select(self._lines(whole, way, way.width + 1).c.id)))

    def _first_with_all(self, session: Session, whole: list[tuple[str, str]], way: _Way) -> list[UUID]:
        found: list[UUID] = []
        at_once = FIRST
        while True:
            some = self._lines(whole, way, at_once)
            has_all, last = self._has_all(), some.c.place == at_once
            looked_at = select(some.c.at, some.c.id, has_all.label("has_all"), last.label("last"))
            rows = session.execute(
                looked_at.join(self.model, self.model.id == some.c.id).where(or_(has_all, last))
            ).all()
            found += [row.id for row in rows if row.has_all]
            ends = [row for row in rows if row.last]
            if not ends or len(found) > way.width:
                return found
            way, at_once = way.beyond((ends[0].at, ends[0].id)), min(4 * at_once, COMMON)

    def _lines(self, whole: list[tuple[str, str]], way: _Way, limit: int) -> Subquery:
        """The next lines of those words, each row's once, with its `place` among them."""
        each = [
            way.first(select(self.lines.at, self.lines.id).where(*self._is(one), *self._marked()), limit).subquery()
            for one in whole
        ]
        if len(each) == 1:
            some = each[0]
        else:
            beside = union_all(*(select(part.c.at, part.c.id) for part in each)).subquery()
            some = in_order(select(beside).distinct(), way.of(beside.c)).limit(limit).subquery()
        place = func.row_number().over(order_by=sorted_by(way.of(some.c)))
        return select(some, place.label("place")).subquery()

    def _narrowed_by(self, session: Session, statement: Select[Any], word: str) -> Select[Any]:
        """By the word's lines, unless a list of any order meets what is found often enough."""
        lines, marked = self._commonness(session, word)
        if lines > COMMON and marked * SELDOM > lines:
            return statement.where(self._has_all())
        return self._among(statement, select(self.lines.id).where(*self._begins(word), *self._marked()))

    def _among(self, statement: Select[Any], ids: Any) -> Select[Any]:
        """`ids` are of rows that have one of the words."""
        statement = statement.where(self.model.id.in_(ids))
        return statement.where(self._has_all()) if len(self.words) > 1 else statement

    def _has_all(self) -> ColumnElement[bool]:
        """`matches`, of which PostgreSQL can't but believe that a third of the rows do: it guesses badly how many have
        a word, and would read all of a table for one that every tenth row has."""
        return case((matches(self.model.search_text, self.words), 1), else_=0) > 0

    def _commonness(self, session: Session, word: str) -> tuple[int, int]:
        """How many lines the word has, and how many of these have the marks of all; no more are counted than matter."""
        some = self._of(word).limit(COMMON + 1).subquery()
        marks = marks_of(self.words)
        marked = func.sum(case((some.c.marks.bitwise_and(marks) == marks, 1), else_=0))
        lines, with_marks = session.execute(select(func.count(), marked).select_from(some)).one()
        return lines, with_marks or 0

    def _whole(self, session: Session, common: _Common) -> list[tuple[str, str]]:
        """The words there are that begin so, each with its section; when they are too many, only the first ones."""
        lines, word = self.lines, common.word
        if not common.begins_others:
            return [(section, word) for section in self.sections]
        sections = union_all(*(select(literal(section).label("section")) for section in self.sections)).subquery()
        following = select(func.min(lines.word)).where(lines.word < _end_of(word))
        first = following.where(lines.section == sections.c.section, lines.word >= word).scalar_subquery()
        begun = select(sections.c.section, first.label("word")).cte("whole", recursive=True)
        next_one = following.where(lines.section == begun.c.section, lines.word > begun.c.word).scalar_subquery()
        whole = begun.union_all(select(begun.c.section, next_one).where(begun.c.word.is_not(None)))
        some = select(whole.c.section, whole.c.word).where(whole.c.word.is_not(None)).limit(ALIKE + 1)
        return [(row.section, row.word) for row in session.execute(some)]

    def _of(self, word: str) -> Select[Any]:
        lines = self.lines
        return select(lines.id, lines.at, lines.marks, lines.section, lines.word).where(*self._begins(word))

    def _begins(self, word: str) -> Sequence[ColumnElement[bool]]:
        lines = self.lines
        return lines.section.in_(self.sections), lines.word >= word, lines.word < _end_of(word), *self.dated

    def _is(self, whole: tuple[str, str]) -> Sequence[ColumnElement[bool]]:
        return self.lines.section == whole[0], self.lines.word == whole[1]

    def _marked(self) -> Sequence[ColumnElement[bool]]:
        marks = marks_of(self.words) if len(self.words) > 1 else 0
        return [self.lines.marks.bitwise_and(marks) == marks] if marks else []


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """A word of many lines; `time` is what the first of them took to come, `begins_others` whether other words begin
    with it."""

    word: str
    time: timedelta
    begins_others: bool


class _Way:
    """How a page goes through lines."""

    def __init__(self, lines: Any, order: Order, **paging: Any) -> None:
        self._lines, (_, way) = lines, order[0]
        self.width, wanted, bound = bounds([(lines.at, way), (lines.id, way)], **paging)
        self._way = wanted[0][1]
        self._last = None if bound is None else decode(bound, [lines.at, lines.id])

    def of(self, columns: Any) -> Order:
        return [(columns.at, self._way), (columns.id, self._way)]

    def beyond(self, key: Sequence[Any]) -> _Way:
        way = copy(self)
        way._last = list(key)
        return way

    def first(self, lines: Select[Any], limit: int) -> Select[Any]:
        if self._last is not None:
            lines = lines.where(beyond(self.of(self._lines), self._last))
        return in_order(lines, self.of(self._lines)).limit(limit)

    def first_of(self, keys: set[tuple[Any, ...]]) -> list[Any]:
        """Those of a page, and one more."""
        back = self._way == "desc"
        ordered = sorted(keys, reverse=back)
        if self._last is not None:
            last = tuple(self._last)
            ordered = [key for key in ordered if (key < last if back else key > last)]
        return ordered[: self.width + 1]


def _between(lines: Sequence[Any]) -> timedelta:
    """From the first to the last of as many lines of a word: the longer, the rarer it is. Of words that begin alike
    nothing can be said so."""
    if len({(line.section, line.word) for line in lines}) > 1:
        return timedelta(0)
    moments = [line.at for line in lines]
    return max(moments) - min(moments)


def _end_of(word: str) -> str:
    """What comes after everything that begins with the word, bytewise."""
    return word + chr(0x10FFFF)
