"""The words that a row is found by, as people write them and as they look for them.

A search finds a row when each of its words begins one of the row's, in any order, capitals and accents or not: "jose
lop" finds José López. A phone number is found however it is spaced, with its country's code and without; a MAC address
in any spelling; an IP address and an e-mail address by how they begin; a document's number with its dots and without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, false

from chassis.storage.searching import searchable

LONGEST = 64
"""Longer words are found by how they begin."""

_PART = re.compile(r"[^\W_]+")
_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){1,3}\.?")
_MAC = re.compile(r"([0-9a-f]{2}[:-]){1,5}[0-9a-f]{0,2}|[0-9a-f]{4}\.[0-9a-f]{1,4}(\.[0-9a-f]{1,4})?")
_NUMBER = re.compile(r"\+?[\d().-]*\d[\d().-]*")
_UNSAFE = re.compile(r'[\s"\\]')
# As many digits as people say of a phone number, from the end.
_PHONE, _SAID = 10, (10, 8, 7, 4)
_FEWEST, _MOST = 7, 15


def words_of(
    *,
    texts: Iterable[str | None] = (),
    whole: Iterable[str | None] = (),
    codes: Iterable[str | None] = (),
    phones: Iterable[str | None] = (),
) -> str:
    """What is kept beside a row, for `matches`: each word once, a space before and after each.

    `texts` are read word by word; `whole` is found as it is written (an address), `codes` whatever stands between
    their letters and digits, `phones` by their last digits, too.
    """
    found: dict[str, None] = {}
    for text in _given(texts):
        found.update(dict.fromkeys(_PART.findall(text)))
    for text in _given(whole):
        found[_UNSAFE.sub("", text)] = None
    for code in map(_squashed, _given(codes)):
        found.update(dict.fromkeys([code, code[-_PHONE:]] if code.isdigit() else [code]))
    for digits in map(_digits, _given(phones)):
        found.update(dict.fromkeys([digits, *(digits[-length:] for length in _SAID)]))
    words = dict.fromkeys(word[:LONGEST] for word in found if word)
    return f" {' '.join(words)} "


def wanted(search: str) -> list[str]:
    """What the words of a row must begin with, all of it; nothing when there is no word in it."""
    found: list[str] = []
    numbers: list[str] = []
    for token in [*searchable(search).split(), ""]:
        if _NUMBER.fullmatch(token) and not _IPV4.fullmatch(token):
            numbers.append(token)
            continue
        found += [*_as_numbers(numbers), *_as_words(token)]
        numbers = []
    return list(dict.fromkeys(word[:LONGEST] for word in found))


def matches(column: Any, words: list[str]) -> ColumnElement[bool]:
    """Each of the words that are `wanted` begins one of those in the column that `words_of` filled."""
    return and_(*(column.contains(f" {word}", autoescape=True) for word in words)) if words else false()


def _as_words(token: str) -> list[str]:
    if "@" in token or _IPV4.fullmatch(token):
        return [_UNSAFE.sub("", token)]
    return [_squashed(token)] if _MAC.fullmatch(token) else _PART.findall(token)


def _as_numbers(tokens: list[str]) -> Iterator[str]:
    """Numbers that stand beside each other are one phone number, unless one of them is one by itself."""
    parts = [_digits(token) for token in tokens]
    together = "".join(parts)
    if len(parts) > 1 and all(len(part) < _FEWEST for part in parts) and _FEWEST <= len(together) <= _MOST:
        yield together[-_PHONE:]
        return
    for token, digits in zip(tokens, parts, strict=True):
        if token == digits:
            yield digits
        elif len(digits) >= _FEWEST:
            yield digits[-_PHONE:]
        else:
            yield from _as_words(token)


def _given(texts: Iterable[str | None]) -> Iterator[str]:
    return (searchable(text) for text in texts if text)


def _squashed(text: str) -> str:
    return "".join(_PART.findall(text))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
