"""Tags in texts that staff write: `{{ cliente.nombre }}` is replaced by a value, and nothing is executed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection

_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_ROW = re.compile(rf"{_TAG.pattern}(?:(?:\s|&nbsp;|[,;·])*{_TAG.pattern})*")
_MARKUP = re.compile(r"<[^>]*>")
_WHITE = re.compile(r"(?:\s|&nbsp;|\xa0)+")


class Html(str):
    """A value that we made ourselves and that goes in as it is, even when it is nothing."""


def unknown_tags(text: str, known: Collection[str]) -> list[str]:
    """Those that stand for nothing, each once, in the order in which they come."""
    return list(dict.fromkeys(name for name in map(_name, _TAG.finditer(text)) if name not in known))


def fill_in(text: str, value_of: Callable[[str], str | None], *, blank: str = "") -> str:
    """HTML with the values in place of the tags, escaped but for `Html`; `blank` is HTML for those without a value.

    Tags with nothing but a comma or the like between them belong together: what has no value leaves no comma of its own
    behind, and no blank where another one has a value.
    """

    def filled(row: re.Match[str]) -> str:
        told = _told(row.group(), value_of)
        return blank if told is None else told

    return _ROW.sub(filled, text)


def _told(row: str, value_of: Callable[[str], str | None]) -> str | None:
    """The values of tags that belong together; None when there are none."""
    told, end = None, 0
    for match in _TAG.finditer(row):
        between, end = row[end : match.start()], match.end()
        value = value_of(_name(match))
        if value or isinstance(value, Html):
            value = value if isinstance(value, Html) else html.escape(value)
            told = f"{told}{between}{value}" if told else value
    return told


def _name(match: re.Match[str]) -> str:
    """An editor may have put markup or hard spaces into the braces."""
    return _WHITE.sub(" ", _MARKUP.sub("", match[1])).strip()
