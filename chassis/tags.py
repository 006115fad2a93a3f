"""Tags in texts that staff write: `{{ cliente.nombre }}` is replaced by a value, and nothing is executed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection

_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_MARKUP = re.compile(r"<[^>]*>")
_WHITE = re.compile(r"(?:\s|&nbsp;|\xa0)+")


class Html(str):
    """A value that we made ourselves and that goes in as it is, even when it is nothing."""


def unknown_tags(text: str, known: Collection[str]) -> list[str]:
    """Those that stand for nothing, each once, in the order in which they come."""
    return list(dict.fromkeys(name for name in map(_name, _TAG.finditer(text)) if name not in known))


def fill_in(text: str, value_of: Callable[[str], str | None], *, blank: str = "") -> str:
    """HTML with the values in place of the tags, escaped but for `Html`; `blank` is HTML for those without a value."""

    def filled(match: re.Match[str]) -> str:
        value = value_of(_name(match))
        if isinstance(value, Html):
            return value
        return html.escape(value) if value else blank

    return _TAG.sub(filled, text)


def _name(match: re.Match[str]) -> str:
    """An editor may have put markup or hard spaces into the braces."""
    return _WHITE.sub(" ", _MARKUP.sub("", match[1])).strip()
