"""Pages of what a search finds, as quick for a word that one row has as for one that fifty thousand have.

Beside a table stands another with a line for each word of each row, in the order in which the words' rows are listed.
A rare word's rows are all looked up by it; those of a common one are walked through in that order until a page is full.
Of several words the rarest one's lines are gone through, past those whose marks say that the row lacks another word.
For a list of people by name the lines are sorted by it; one that meets a common word soon is walked through instead.
What finds a row is said by `chassis.storage.words` alone: the database keeps the lines up with the rows, word by word.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from chassis import clock
from chassis.storage.line_order import AT, SORT_NAME, Way
from chassis.storage.marks import Marks, marks_of
from chassis.storage.paging import Order, Page, in_order, paginate, sorted_by
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
SORTED = 10_000
"""So many lines of a word are sorted by name at once."""
MET = 1_000
"""Of a word that has more, so many rows of a list by name are looked at first: mostly they have a page of it."""


Conditions = Sequence[ColumnElement[bool]]


@dataclasses.dataclass(frozen=True, slots=True)
class Narrowed:
    """A `statement` of what is found. It is `little` where that may be looked at before the list; where it isn't, `ids`
    may be those of some thousand rows, of which each is that is found."""

    statement: Select[Any]
    little: bool = False
    ids: Select[Any] | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """For `words` (see `wanted`) among those rows of `model` whose words are `lines` of the `sections`. `dated` are
    conditions of the lines' `at`, where the list has such for what that is made of."""

    model: Any
    lines: type[Any]
    sections: Sequence[str]
    words: list[str]
    dated: Sequence[ColumnElement[bool]] = ()

    def narrowed(self, session: Session, statement: Select[Any], *, by_groups: bool = False) -> Narrowed:
        """Only what is found, for a list of any order. `by_groups`: the list can look the ids of some thousand up."""
        few, rarest = self._few(session)
        if few is not None:
            return Narrowed(self._among(statement, {line.id for line in few}), little=True)
        if by_groups and rarest[0].lines <= SORTED and rarest[0].lines * rarest[0].marked > COMMON:
            return Narrowed(statement.where(self._has_all()), ids=self._marked_ones(rarest[0]))
        return self._narrowed_by(session, statement, rarest[0])

    def page(self, session: Session, statement: Select[Any], order: Order, *, by: str = AT, **paging: Any) -> Page:
        """Of a list that is ordered as the lines are, or by its `sort_name`, and narrowed by nothing but the search and
        the sections: what comes first is known before a row is shown."""
        few, rarest = self._few(session)
        way = Way(self.lines, order, by, **paging)
        if few is not None:
            return paginate(session, self._among(statement, self._first_of(few, way)), order=order, **paging)
        if self._hardly_any(rarest[0]):
            return paginate(session, self._among(statement, self._marked_ones(rarest[0])), order=order, **paging)
        if by == SORT_NAME and rarest[0].lines > SORTED:
            page = paginate(session, self._among(statement, self._met_soon(statement, way)), order=order, **paging)
            if way.goes_on(page):
                return page
        parts = self._parts(session, rarest, way)
        if parts is None:
            narrowed = self._narrowed_by(session, statement, rarest[0])
            return paginate(session, narrowed.statement, order=order, **paging)
        return self._page_of(session, statement, parts, way, order=order, **paging)

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
            return [line for line in fewest if marks.may_be_of(line)], []
        common = [_common(word, lines, marks_of(self.words)) for word, lines in found.items()]
        return None, sorted(common, key=lambda word: word.time, reverse=True)

    def _look(self, word: str) -> Select[Any]:
        """The first lines of a word, and whether other words begin so."""
        lines = self.lines
        some = self._of(word).limit(RARE + 1).subquery()
        others = select(lines.id).where(lines.section.in_(self.sections), lines.word > word, lines.word < _end_of(word))
        return select(literal(word).label("wanted"), some, others.exists().label("others"))

    def _first_of(self, few: list[Any], way: Way) -> list[UUID]:
        """Those of them that a page needs: of a single word's each is found, of several words' any may be."""
        keys = {(getattr(line, way.by), line.id) for line in few}
        return [id for _, id in (keys if len(self.words) > 1 else way.first_of(keys))]

    def _met_soon(self, statement: Select[Any], way: Way) -> Select[Any]:
        """What a page needs, as far as a list by name comes to it at once."""
        found = self._has_all().label("found")
        columns = statement.with_only_columns(self.model.sort_name, self.model.id, found)
        near = way.first(columns, MET, of=self.model).subquery()
        return in_order(select(near.c.id).where(near.c.found), way.of(near.c)).limit(way.width + 1)

    def _parts(self, session: Session, rarest: list[_Common], way: Way) -> list[Select[Any]] | None:
        """Of the lines, those of a word to go through for a page; None where of each word too many begin so."""
        if way.by == SORT_NAME:
            return [self._begun(rarest[0], way)]
        for common in rarest:
            whole = self._whole(session, common)
            if len(whole) <= ALIKE:
                return [self._keys(way).where(*self._is(one)) for one in whole]
        if len(rarest) > 1 or self._commonness(session, rarest[0].word)[0] > COMMON:
            return None
        return [self._begun(rarest[0], way)]

    def _page_of(
        self, session: Session, statement: Select[Any], parts: list[Select[Any]], way: Way, **paging: Any
    ) -> Page:
        """Those of several words may have them all, by their marks: the first few are believed to be a page, or all."""
        several = len(self.words) > 1
        first = self._lines(parts, way, FIRST if several else way.width + 1).subquery()
        page = paginate(session, self._among(statement, select(first.c.id)), **paging)
        if not several or way.goes_on(page) or (session.scalar(select(func.count()).select_from(first)) or 0) < FIRST:
            return page
        return paginate(session, self._among(statement, self._first_with_all(session, parts, way)), **paging)

    def _first_with_all(self, session: Session, parts: list[Select[Any]], way: Way) -> list[UUID]:
        """What a page needs."""
        found: list[UUID] = []
        width, at_once = way.width + 1, 4 * FIRST
        while True:
            next_ones = self._lines(parts, way, at_once).subquery()
            place = func.row_number().over(order_by=sorted_by(way.of(next_ones.c)))
            some = select(next_ones, place.label("place")).subquery()
            has_all, last = self._has_all(), some.c.place == at_once
            looked_at = select(some.c[way.by].label("key"), some.c.id, has_all.label("has_all"), last.label("last"))
            looked_at = looked_at.join(self.model, self.model.id == some.c.id).where(or_(has_all, last))
            rows = session.execute(looked_at.order_by(some.c.place)).all()
            found += [row.id for row in rows if row.has_all]
            if len(found) >= width or not rows or not rows[-1].last:
                return found[:width]
            way, at_once = way.beyond((rows[-1].key, rows[-1].id)), min(4 * at_once, COMMON)

    def _lines(self, parts: list[Select[Any]], way: Way, limit: int) -> Select[Any]:
        """The next lines of those parts of the table, each row's once."""
        each = [way.first(part.where(*self._marked()), limit) for part in parts]
        if len(each) == 1:
            return each[0]
        beside = union_all(*(select(part.subquery()) for part in each)).subquery()
        return in_order(select(beside).distinct(), way.of(beside.c)).limit(limit)

    def _narrowed_by(self, session: Session, statement: Select[Any], common: _Common) -> Narrowed:
        """By the word's lines, unless a list of any order meets what is found often enough."""
        if not self._hardly_any(common):
            lines, marked = self._commonness(session, common.word)
            if lines > COMMON and marked * SELDOM > lines:
                return Narrowed(statement.where(self._has_all()))
        return Narrowed(self._among(statement, self._marked_ones(common)), little=True)

    def _hardly_any(self, common: _Common) -> bool:
        """Whether so few of not too many lines may have the other words, too, that all of these are looked at."""
        return len(self.words) > 1 and common.lines <= SORTED and common.lines * common.marked <= FIRST

    def _marked_ones(self, common: _Common) -> Select[Any]:
        return select(self.lines.id).where(*self._lines_of(common), *self._marked())

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
        marked = func.sum(case((and_(true(), *marks.conditions(some.c)), 1), else_=0))
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
        columns = (lines.id, lines.at, lines.marks, lines.long_marks, lines.sort_name, lines.section, lines.word)
        return select(*columns).where(*self._begins(word))

    def _begun(self, common: _Common, way: Way) -> Select[Any]:
        """The keys of lines whose words begin so, of which a row may have several."""
        keys = self._keys(way).where(*self._lines_of(common))
        return keys.distinct() if common.begins_others else keys

    def _keys(self, way: Way) -> Select[Any]:
        return select(getattr(self.lines, way.by), self.lines.id)

    def _begins(self, word: str) -> Conditions:
        lines = self.lines
        return lines.section.in_(self.sections), lines.word >= word, lines.word < _end_of(word), *self.dated

    def _lines_of(self, common: _Common) -> Conditions:
        """Each line is compared with the word, once where no other begins so."""
        if common.begins_others:
            return self._begins(common.word)
        return self.lines.section.in_(self.sections), self.lines.word == common.word, *self.dated

    def _is(self, whole: tuple[str, str]) -> Conditions:
        return self.lines.section == whole[0], self.lines.word == whole[1]

    def _marked(self) -> Conditions:
        return marks_of(self.words).conditions(self.lines) if len(self.words) > 1 else []


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """A word of many lines; `time` is what the first of them took to come, `since` when the very first did. `marked` is
    the share of those that may have all words, `begins_others` whether other words begin with it."""

    word: str
    marked: float
    since: datetime
    time: timedelta
    begins_others: bool

    @property
    def lines(self) -> float:
        """About so many there are, if they went on to come as they began; of words that begin alike nobody knows."""
        known = self.time and not self.begins_others
        return RARE * ((clock.now() - self.since) / self.time) if known else inf


def _common(word: str, lines: Sequence[Any], marks: Marks) -> _Common:
    """From the first to the last of as many lines of a word: the longer, the rarer it is. Of words that begin alike
    nothing can be said so."""
    moments = [line.at for line in lines]
    alone = len({(line.section, line.word) for line in lines}) == 1
    time = max(moments) - min(moments) if alone else timedelta(0)
    marked = sum(map(marks.may_be_of, lines)) / len(lines)
    return _Common(word=word, marked=marked, since=min(moments), time=time, begins_others=lines[0].others)


def _end_of(word: str) -> str:
    """What comes after everything that begins with the word, bytewise."""
    return word + chr(0x10FFFF)
