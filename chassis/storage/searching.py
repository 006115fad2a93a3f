"""Searching text as people type it: "jose lopez" finds José López, in any order of words."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, and_


def searchable(*parts: str | None) -> str:
    """The parts in one line, lower case and without accents: what is kept beside a row for `matches`."""
    line = " ".join(part for part in parts if part)
    return "".join(c for c in unicodedata.normalize("NFKD", line.casefold()) if not unicodedata.combining(c))


def matches(column: Any, search: str) -> ColumnElement[bool]:
    """Every word of `search` occurs in the column that `searchable` filled."""
    return and_(*(column.contains(word, autoescape=True) for word in searchable(search).split()))
