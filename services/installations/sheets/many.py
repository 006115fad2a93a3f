"""The sheets of many installations as one PDF, each beginning on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.exporting.answering import PDF, keep
from chassis.secrets import Keyring
from chassis.storage import Database
from services.installations.bulk.choosing import chosen_ids
from services.installations.errors import TooManyChosen
from services.installations.model import Export
from services.installations.sheets import filling

MOST = 200
SHEETS = "sheets"


def begin(
    session: Session,
    *,
    chosen: dict[str, Any],
    template_id: UUID | None,
    filename: str,
    with_passwords: bool,
    asked_by: str | None,
    at: datetime,
) -> Export:
    """Raises `NothingChosen`, and `TooManyChosen` above 200. Without `template_id`, the default one."""
    ids = chosen_ids(session, **chosen)
    if len(ids) > MOST:
        raise TooManyChosen(most=MOST)
    asked = {
        "installation_ids": [str(id) for id in ids],
        "template_id": str(template_id) if template_id else None,
        "with_passwords": with_passwords,
    }
    export = {"list": SHEETS, "format": PDF, "filename": filename, "asked": asked, "total": len(ids)}
    return keep(session, Export, asked_by=asked_by, at=at, **export)


def fill_into(
    room: Path,
    database: Database,
    company_id: UUID,
    asked: dict[str, Any],
    keyring: Keyring,
    tell: Callable[[int], None],
) -> list[str]:
    """A file for each page; `tell` hears how many there are."""
    template_id = UUID(asked["template_id"]) if asked["template_id"] else None
    paths = []
    for number, installation_id in enumerate(asked["installation_ids"], start=1):
        with database.read(company_id) as session:
            filled = filling.fill(
                session,
                installation_id=UUID(installation_id),
                template_id=template_id,
                keyring=keyring if asked["with_passwords"] else None,
            )
        path = room / f"{number}.html"
        path.write_text(filled["page"], encoding="utf-8")
        paths.append(str(path))
        if number % 25 == 0:
            tell(number)
    return paths
