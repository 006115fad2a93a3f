"""Text as it is searched: lower case, without accents, so that "lopez" finds López."""

from __future__ import annotations

import unicodedata


def searchable(*parts: str | None) -> str:
    """The parts in one line."""
    line = " ".join(part for part in parts if part)
    return "".join(c for c in unicodedata.normalize("NFKD", line.casefold()) if not unicodedata.combining(c))
