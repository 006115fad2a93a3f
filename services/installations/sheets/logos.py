"""The company's logo on its sheets: fetched and made small once, so that a sheet needs nothing but its own page."""

from __future__ import annotations

import base64
import tempfile
from html import escape
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.files import FileStore
from chassis.jobs import enqueue
from chassis.storage import current_company
from chassis.tags import Html
from chassis.workers import WorkerPool
from services.installations.model import Company, SheetLogo

DRAW = "draw_logo"
_NOTHING = Html("")


def follow(session: Session) -> None:
    """The sheets' logo is to be the company's: asks for it to be drawn when it is another one."""
    company_id = current_company(session)
    company, kept = session.get(Company, company_id), session.get(SheetLogo, company_id)
    wanted = company.logo_file_key if company else None
    if wanted is None and kept is not None:
        session.delete(kept)
    elif wanted is not None and (kept is None or kept.file_key != wanted):
        enqueue(session, DRAW, key=str(company_id), payload={"file_key": wanted})


def draw(files: FileStore, workers: WorkerPool, *, company_id: UUID, file_key: str) -> str:
    """A data URL of the picture, made small. Outside any transaction: it takes a while."""
    with tempfile.TemporaryDirectory(prefix="alta-") as room:
        target = Path(room, "logo")
        with files.local(file_key, company_id=company_id) as path:
            made = workers.run({"path": str(path), "target": str(target)})
        return f"data:{made['content_type']};base64,{base64.b64encode(target.read_bytes()).decode()}"


def keep(session: Session, *, file_key: str, source: str) -> None:
    """Unless the company has another one by now."""
    company_id = current_company(session)
    company = session.get(Company, company_id, with_for_update=True)
    if company is None or company.logo_file_key != file_key:
        return
    session.merge(SheetLogo(id=company_id, file_key=file_key, source=source))


def shown(session: Session, company: Company) -> Html:
    """The picture; nothing, and no line to write on, where there is none."""
    kept = session.get(SheetLogo, company.id)
    if kept is None:
        return _NOTHING
    return Html(f'<img class="logo" alt="{escape(company.name)}" src="{kept.source}">')
