"""The sentences of a reply, without tags.

Source: MikroTik manual, "API", section "Reply word".
"""

from __future__ import annotations

from collections.abc import Iterator

from routersim.values import Trap

Sentence = list[str]
Sentences = list[Sentence]

SLICE = 64
"""Sentences that one command may send before the other commands of its connection have their turn."""

DONE: Sentence = ["!done"]
INTERRUPTED = Trap("interrupted", 2)


def trapped(error: Trap) -> Sentence:
    category = [] if error.category is None else [f"=category={error.category}"]
    return ["!trap", *category, f"=message={error.message}"]


def refused(error: Trap) -> Sentences:
    return [trapped(error), DONE]


def returned(value: str | None) -> Sentences:
    return [["!done", *([f"=ret={value}"] if value else [])]]


def row_sentence(row: dict[str, str], wanted: str | None) -> Sentence:
    """`wanted` names the properties to send, comma-joined, in their order; None sends all of them."""
    names = row if wanted is None else [name for name in wanted.split(",") if name in row]
    return ["!re", *(f"={name}={row[name]}" for name in names)]


def slices(sentences: Sentences) -> Iterator[Sentences]:
    return (sentences[first : first + SLICE] for first in range(0, len(sentences), SLICE))
