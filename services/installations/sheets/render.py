"""Printing a sheet in a process of its own."""

from __future__ import annotations

import base64
from typing import Any

from chassis.printing import to_pdf


def render(given: dict[str, Any]) -> dict[str, Any]:
    """`{"pdf": base64}` of `{"page": html}`. Raises `Permanent` when the page asks for anything from outside."""
    return {"pdf": base64.b64encode(to_pdf(given["page"], styles="")).decode()}
