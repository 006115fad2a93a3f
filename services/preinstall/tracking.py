"""Tracking numbers: short enough to read over the telephone, too many to guess."""

from __future__ import annotations

import secrets

# Nothing that looks like something else, and no vowels, so that no word comes about.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 10


def new_tracking_number() -> str:
    """One of 28^10 (48 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
