"""HTML of a sheet: text, tables and how they look. No pictures, links, scripts, classes or addresses.

The company's logo comes in by its tag, after this.
"""

from __future__ import annotations

import nh3

_CLEANER = nh3.Cleaner(
    tags={
        *("h1", "h2", "h3", "h4", "p", "br", "hr", "div", "span", "blockquote"),
        *("strong", "b", "em", "i", "u", "s", "small", "sub", "sup", "font"),
        *("ol", "ul", "li", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    },
    attributes={
        "*": {"style"},
        "font": {"size", "color"},
        "ol": {"start", "type"},
        "th": {"colspan", "rowspan"},
        "td": {"colspan", "rowspan"},
    },
    clean_content_tags={"script", "style", "title", "template"},
    filter_style_properties={
        *("text-align", "text-decoration", "vertical-align", "line-height", "white-space"),
        *("font-size", "font-weight", "font-style", "color", "background-color"),
        *("width", "height", "margin", "margin-top", "margin-bottom", "margin-left", "padding", "padding-left"),
        *("border", "border-top", "border-bottom", "border-collapse", "break-before", "break-inside"),
    },
    link_rel=None,
    url_schemes=set(),
)


def sanitise(html: str) -> str:
    return _CLEANER.clean(html)
