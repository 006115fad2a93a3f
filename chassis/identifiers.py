"""Identifiers: made by whoever needs one, unique without asking a database, and sortable by age."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits; later ones sort after earlier ones."""
    return uuid7()
