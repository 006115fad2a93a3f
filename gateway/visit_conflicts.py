"""What is wrong with a visit's time, in words, and who wants it all the same.

Every conflict has a key; a form's tick sends the keys of what was shown beside it, so that somebody accepts what they
have read and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.errors import Refusal
from gateway.forms import Form
from gateway.messages import text_of

Told = list[dict[str, str]]


def in_words(conflicts: Iterable[Mapping[str, Any]]) -> Told:
    """As a query tells them."""
    return [{"key": one["key"], "text": text_of(one["code"], one["params"])} for one in conflicts]


def of(refusal: Refusal) -> Told:
    """Those that a command was refused for; empty when something else is wrong, which nobody can accept."""
    complaints = [one for several in refusal.fields.values() for one in several]
    keys = [one.get("params", {}).get("conflict") for one in complaints]
    if not all(keys):
        return []
    return [
        {"key": key, "text": text_of(one["code"], one["params"])} for key, one in zip(keys, complaints, strict=True)
    ]


def accepted(form: Form) -> list[str]:
    """The keys that this form's tick sent."""
    return (form.text("despite") or "").split()
