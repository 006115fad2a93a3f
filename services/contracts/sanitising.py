"""HTML of a contract: only what a printed text needs. No pictures, links, scripts, classes or addresses."""

from __future__ import annotations

import re

import nh3

from services.contracts.errors import TextEmpty

_CLEANER = nh3.Cleaner(
    tags={
        *("h1", "h2", "h3", "h4", "p", "br", "hr", "div", "span", "blockquote"),
        *("strong", "b", "em", "i", "u", "s", "small", "sub", "sup"),
        *("ol", "ul", "li", "table", "thead", "tbody", "tfoot", "tr", "th", "td"),
    },
    attributes={
        **{tag: {"style"} for tag in ("p", "div", "h1", "h2", "h3", "h4", "th", "td")},
        "ol": {"start", "type"},
        "th": {"colspan", "rowspan", "style"},
        "td": {"colspan", "rowspan", "style"},
    },
    clean_content_tags={"script", "style", "title", "template"},
    filter_style_properties={"text-align"},
    link_rel=None,
    url_schemes=set(),
)
_MARKUP = re.compile(r"<[^>]*>|&nbsp;|\s")


def sanitise(html: str) -> str:
    """The same text without what is not allowed in it; raises `TextEmpty` when none is left."""
    clean = _CLEANER.clean(html)
    if not _MARKUP.sub("", clean):
        raise TextEmpty
    return clean
