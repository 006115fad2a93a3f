"""A number beside each word of a row that says which others the row may have.

Whoever walks through the rows of one word passes over most that lack another one, from an index alone. A row that has
the words is never passed over; of ten that lack one, about one is not either. Databases and this module compute alike.
"""

from __future__ import annotations

from collections.abc import Iterable

# Two bits of a word, by its first letters: those of a longer word are those of its beginning.
_KINDS = ((5, 11, 19, 0), (23, 7, 13, 30))
_LETTERS = 3
_FIRST = ord("a")
"""Numbers leave no mark: there are many in a row, and nearly each finds few rows by itself."""
# SQLite has no aggregate "or"; the bits are powers of two, of which each is added once.
_OR = {"postgresql": "bit_or({bits})", "sqlite": "sum(DISTINCT {bits})"}
_CODE = {"postgresql": "ascii(substr({word}, {place}))", "sqlite": "unicode(substr({word}, {place}))"}


def marks_of(words: Iterable[str]) -> int:
    """What the marks of a row that has all of these must have set; nothing for words that leave none."""
    marks = 0
    for word in words:
        if len(word) >= _LETTERS and ord(word[0]) >= _FIRST:
            first, second, third = map(ord, word[:_LETTERS])
            for a, b, c, shift in _KINDS:
                marks |= 1 << (a * first + b * second + c * third & 31) + shift
    return marks


def marks_sql(dialect: str, word: str) -> tuple[str, str]:
    """The same in the database: an expression of all rows that are `word`s, and what stands beside them in FROM."""
    first, second, third = (_CODE[dialect].format(word=word, place=place) for place in (1, 2, 3))
    bit = f"(({first} * kind.a + {second} * kind.b + {third} * kind.c) & 31) + kind.shift"
    leaves_one = f"length({word}) >= {_LETTERS} AND {first} >= {_FIRST}"
    each = f"CASE WHEN {leaves_one} THEN CAST(1 AS bigint) << ({bit}) END"
    kinds = " UNION ALL ".join(f"SELECT {a} AS a, {b} AS b, {c} AS c, {shift} AS shift" for a, b, c, shift in _KINDS)
    return f"coalesce({_OR[dialect].format(bits=each)}, 0)", f"({kinds}) AS kind"
