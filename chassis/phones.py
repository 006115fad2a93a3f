"""Telephone numbers as people write them, in the one form that networks know (E.164). Only for parts that have it.

Source: the number plans of Google's libphonenumber.
"""

from __future__ import annotations

import re

import phonenumbers

TAIL_DIGITS = 8
# Mexico's "1" before mobile numbers was abolished in 2019 and still stands in address books.
_MEXICAN_MOBILE = re.compile(r"^\s*\+?\s*52[\s-]*1(?=(?:\D*\d){10}\D*$)")


def e164(text: str | None, country: str) -> str | None:
    """`55 1234 5678` in MX → `+525512345678`; None when no telephone of any country is written so.

    `country` is where a number without a prefix is from, as two letters.
    """
    try:
        number = phonenumbers.parse(_MEXICAN_MOBILE.sub("+52", text or ""), country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def tail(text: str | None) -> str | None:
    """The last digits, the same however the rest is written: what an index looks numbers up by."""
    digits = re.sub(r"\D", "", text or "")
    return digits[-TAIL_DIGITS:] or None
