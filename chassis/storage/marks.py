"""Numbers beside each word of a row that say which others the row may have.

Whoever walks through the rows of one word passes over most that lack another one, from an index alone. A row that has
the words is never passed over; of those that lack one of five letters or more, one of a hundred is not either, of those
that lack a shorter one, one of ten. Databases and this module compute alike.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement

_Kind = tuple[tuple[int, ...], int]
# Two bits of a word in each number, by its first letters: those of a longer word are those of its beginning. Of the
# letters' codes each is taken so many times; the last five bits of their sum say which one, from such a bit on.
_KINDS: dict[str, tuple[_Kind, _Kind]] = {
    "marks": (((5, 11, 19), 0), ((23, 7, 13), 30)),
    "long_marks": (((3, 17, 29, 9, 13), 0), ((21, 11, 5, 25, 15), 30)),
}
_FIRST = ord("a")
"""Numbers leave no mark: there are many in a row, and nearly each finds few rows by itself."""
# SQLite has no aggregate "or"; the bits are powers of two, of which each is added once.
_OR = {"postgresql": "bit_or({bits})", "sqlite": "sum(DISTINCT {bits})"}
_CODE = {"postgresql": "ascii(substr({word}, {place}))", "sqlite": "unicode(substr({word}, {place}))"}

NAMES = tuple(_KINDS)
"""The columns: by the first three letters of a word, and by the first five of one that has as many."""


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """What the marks of a row that has some words must have set; nothing for words that leave none."""

    marks: int
    long_marks: int

    def may_be_of(self, line: Any) -> bool:
        return all(getattr(line, name) & getattr(self, name) == getattr(self, name) for name in NAMES)

    def conditions(self, lines: Any) -> list[ColumnElement[bool]]:
        wanted = {name: getattr(self, name) for name in NAMES}
        return [getattr(lines, name).bitwise_and(bits) == bits for name, bits in wanted.items() if bits]


def marks_of(words: Iterable[str]) -> Marks:
    found = dict.fromkeys(NAMES, 0)
    for word in words:
        if word and ord(word[0]) >= _FIRST:
            for name, kinds in _KINDS.items():
                found[name] |= sum(1 << place for place in {*_places(word, kinds)})
    return Marks(**found)


def marks_sql(dialect: str, word: str) -> dict[str, str]:
    """The same in the database: an expression for each column, of all rows that are `word`s."""
    return {name: " | ".join(_bits(dialect, word, *kind) for kind in kinds) for name, kinds in _KINDS.items()}


def _places(word: str, kinds: Iterable[_Kind]) -> Iterator[int]:
    for times, shift in kinds:
        if len(word) >= len(times):
            yield sum(n * ord(letter) for n, letter in zip(times, word, strict=False)) % 32 + shift


def _bits(dialect: str, word: str, times: tuple[int, ...], shift: int) -> str:
    codes = [_CODE[dialect].format(word=word, place=place) for place in range(1, len(times) + 1)]
    added = " + ".join(f"{n} * {code}" for n, code in zip(times, codes, strict=True))
    bit = f"CAST(1 AS bigint) << (({added} & 31) + {shift})"
    leaves_one = f"length({word}) >= {len(times)} AND {codes[0]} >= {_FIRST}"
    return f"coalesce({_OR[dialect].format(bits=f'CASE WHEN {leaves_one} THEN {bit} END')}, 0)"
