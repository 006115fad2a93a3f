"""A signed contract as one HTML document: header, text, signature, and the evidence on a last page.

The contract's own text is HTML that was sanitised when it was saved; everything else is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

SIGNATURE = "asset:signature"
_SHA256 = re.compile("[0-9a-f]{64}")


def page(given: dict[str, Any]) -> str:
    """`given` is what `printing.printable` makes."""
    words = given["words"]
    return f"""<!doctype html>
<html lang="{escape(given["language"])}">
<head>
<meta charset="utf-8">
<title>{escape(words["title"])} · {escape(given["company"]["name"])} · {escape(given["number"])}</title>
<meta name="author" content="{escape(given["company"]["name"])}">
<meta name="dcterms.created" content="{escape(given["signed_at"])}">
</head>
<body>
<div id="page-number">{escape(words["page"])} <span class="current"></span> {escape(words["of"])}
<span class="last"></span></div>
<div id="fingerprint">SHA-256 {escape(given["text_sha256"])}</div>
{_header(given)}
<main>{given["content"]}</main>
{_signature(given)}
{_evidence(given)}
</body>
</html>"""


def _header(given: dict[str, Any]) -> str:
    company = given["company"]
    about = "<br>".join(escape(line) for line in company["lines"])
    side = "<br>".join(escape(line) for line in (given["number"], given["period"]) if line)
    return (
        f'<header><div class="company"><p class="name">{escape(company["name"])}</p><p class="about">{about}</p></div>'
        f'<p class="side">{side}</p></header>'
    )


def _signature(given: dict[str, Any]) -> str:
    return (
        f'<section class="signature"><img src="{SIGNATURE}" alt=""><p class="line">{escape(given["signer"])}</p>'
        f'<p class="label">{escape(given["words"]["signature"])}</p>'
        f'<p class="label">{escape(given["signed"])}</p></section>'
    )


def _evidence(given: dict[str, Any]) -> str:
    words = given["words"]
    rows = _rows(given["evidence"])
    attached = ""
    if given["attachments"]:
        attached = f"<h3>{escape(words['attachments'])}</h3><table>{_rows(given['attachments'])}</table>"
    return (
        f'<section class="evidence"><h2>{escape(words["evidence"])}</h2><p>{escape(words["evidence_lead"])}</p>'
        f"<table>{rows}</table>{attached}</section>"
    )


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<tr><th>{escape(label)}</th>{_cell(text)}</tr>" for label, text in rows)


def _cell(text: str) -> str:
    kind = ' class="fingerprint"' if _SHA256.fullmatch(text) else ""
    return f"<td{kind}>{escape(text)}</td>"
