"""The texts of the messages: one file per kind and audience, in a folder per language.

A file is a head of `name: value` lines (subject, title), an empty line, and blocks parted by empty
lines. A block is one of

* a paragraph;
* rows of facts, each line `= label: {{ tag }}`; a row without a value is left out;
* a button, `[label]({{ tag }})`.

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
def words(language: str) -> dict[str, Any]:
    """What stands around and within values: payment methods, months."""
    return json.loads((FOLDER / language / "words.json").read_text(encoding="utf-8"))


@cache
def layout() -> str:
    """The page around an HTML mail."""
    return (FOLDER / "layout.html").read_text(encoding="utf-8")
