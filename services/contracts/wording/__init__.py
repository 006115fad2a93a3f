"""The words that contracts themselves write on documents, in the company's language.

They are part of what is signed and printed; what is shown on screens is put into words by the gateway.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("es", "en")
_FOLDER = Path(__file__).parent


@cache
def wording(locale: str) -> dict[str, Any]:
    """The texts of a locale's language; English for a language that has none."""
    return json.loads((_FOLDER / f"{_language(locale)}.json").read_text(encoding="utf-8"))


@cache
def default_template(language: str) -> str:
    """The contract that a new company begins with, as HTML with tags."""
    return (_FOLDER / f"contract.{language}.html").read_text(encoding="utf-8")


def is_language_of(language: str, locale: str) -> bool:
    return language == _language(locale)


def _language(locale: str) -> str:
    language = locale.partition("_")[0]
    return language if language in LANGUAGES else "en"
