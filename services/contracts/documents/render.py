"""Rendering a contract in a process of its own: it takes a page's data and gives the PDF."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from chassis.printing import to_pdf
from services.contracts.documents.page import SIGNATURE, page

_STYLES = Path(__file__).with_name("contract.css").read_text(encoding="utf-8")


def render(given: dict[str, Any]) -> dict[str, Any]:
    """`{"pdf": base64}`; the same bytes for the same data. Raises `Permanent` when the page asks for anything else."""
    pdf = to_pdf(page(given), styles=_STYLES, assets={SIGNATURE: base64.b64decode(given["image"])})
    return {"pdf": base64.b64encode(pdf).decode()}
