"""The texts of the messages: one file per kind and audience, in a folder per language.

A file is a head of `name: value` lines (subject, title), an empty line, and blocks parted by empty
lines. A block is one of

* a paragraph;
* rows of facts, each line `= label: {{ tag }}`; a row without a value is left out;
* a button, `[label]({{ tag }})`.

`<kind>.<audience>.sms.txt` is the same for a telephone: a head with the subject that lists name it by, and one
short paragraph. Who has none is not written to by text message.

Tags are replaced by values; nothing is executed, and no value can become a tag, a row or a button.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("es", "en")
FOLDER = Path(__file__).parent


def language_of(locale: str) -> str:
    """English for a language that has no texts."""
    language = locale.replace("-", "_").partition("_")[0]
    return language if language in LANGUAGES else "en"


@cache
def source(language: str, kind: str, audience: str) -> str:
    return (FOLDER / language / f"{kind}.{audience}.txt").read_text(encoding="utf-8")


@cache
def has_short(kind: str, audience: str) -> bool:
    return _short("es", kind, audience).exists()


@cache
def short_source(language: str, kind: str, audience: str) -> str:
    return _short(language, kind, audience).read_text(encoding="utf-8")


def _short(language: str, kind: str, audience: str) -> Path:
    return FOLDER / language / f"{kind}.{audience}.sms.txt"


def short_kinds() -> list[str]:
    """The kinds of messages to persons that have a text for telephones."""
    return sorted(path.name.partition(".")[0] for path in (FOLDER / "es").glob("*.person.sms.txt"))


@cache
def words(language: str) -> dict[str, Any]:
    """What stands around and within values: payment methods, months."""
    return json.loads((FOLDER / language / "words.json").read_text(encoding="utf-8"))


@cache
def layout() -> str:
    """The page around an HTML mail."""
    return (FOLDER / "layout.html").read_text(encoding="utf-8")
