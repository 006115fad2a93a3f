"""What an import keeps of people, sealed: passwords may be among it, and nobody searches there."""

from __future__ import annotations

from typing import Any

import orjson

from chassis.secrets import Keyring
from services.installations.model.imports import ImportRow


def seal(keyring: Keyring, row: ImportRow, what: str, content: Any) -> str:
    """`what`: cells or form."""
    return keyring.seal(orjson.dumps(content).decode(), _context(row, what))


def cells_of(keyring: Keyring, row: ImportRow) -> list[str]:
    return orjson.loads(keyring.open(row.sealed_cells, _context(row, "cells")))


def form_of(keyring: Keyring, row: ImportRow) -> dict[str, Any]:
    return orjson.loads(keyring.open(row.sealed_form or "", _context(row, "form")))


def _context(row: ImportRow, what: str) -> str:
    return f"installations.import/{row.company_id}/{row.import_id}/{row.line}/{what}"
