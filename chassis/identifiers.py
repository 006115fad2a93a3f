"""Identifiers: made by whoever needs one, unique without asking a database, and sortable by age."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits; later ones sort after earlier ones."""
    return uuid7()


def lowest_id(at: datetime) -> UUID:
    """The lowest id that could have been made at this moment: what is older sorts before it."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)
