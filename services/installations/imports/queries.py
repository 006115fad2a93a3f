"""Imports as screens show them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from chassis.jobs import is_pending
from chassis.secrets import Keyring
from chassis.storage import Page, find, paginate
from services.installations.imports import cells, columns
from services.installations.imports.steering import RETRY
from services.installations.model import (
    ACTIVE,
    ENDED,
    IN_PROGRESS,
    NEW,
    Import,
    ImportLayout,
    ImportRow,
    Installation,
    Router,
)
from services.installations.model.imports import GOOD, KEPT, LEAVING, ON_ROUTERS, TAKEN_BACK
from services.installations.model.installation import FAILED

# What is said of a row whose client was told to leave: gone, or called back.
_BECAME = {ENDED: TAKEN_BACK, ACTIVE: KEPT}


def list_imports(session: Session, *, after: str | None, limit: int) -> Page:
    """The newest first."""
    order = [(Import.created_at, "desc"), (Import.id, "desc")]
    return paginate(session, select(Import), order=order, after=after, limit=limit)


def get_import(session: Session, *, import_id: UUID) -> dict[str, Any]:
    imported = find(session, Import, import_id)
    headings = imported.sheets[imported.sheet]["headings"]
    kept = session.scalars(select(ImportLayout).order_by(ImportLayout.name)).all()
    fitting = [each for each in kept if columns.of_layout(headings, each.headings) is not None]
    used = next((each.name for each in fitting if _is_as(imported, headings, each)), None)
    return {
        "imported": imported,
        "by_state": _by_state(session, import_id),
        "leaving": _leaving(session, import_id),
        "retrying": is_pending(session, RETRY, key=str(import_id)),
        "waiting_on": _waiting_on(session, import_id) if imported.makes == ON_ROUTERS else [],
        "layout": used,
        "layouts": [each.name for each in fitting],
    }


def list_rows(
    session: Session, *, keyring: Keyring, import_id: UUID, state: str | None, after: str | None, limit: int
) -> Page:
    """In the order of the file, each with the installation that was made of it."""
    find(session, Import, import_id)
    statement = select(ImportRow, Installation).outerjoin(Installation, Installation.id == ImportRow.installation_id)
    statement = statement.where(ImportRow.import_id == import_id)
    if state == "warned":
        statement = statement.where(ImportRow.state == GOOD, ImportRow.warnings.is_not(None))
    elif state == "failed":
        statement = statement.where(FAILED)
    elif state:
        statement = statement.where(_shown_state() == state)
    page = paginate(session, statement, order=[(ImportRow.line, "asc")], after=after, limit=limit)
    return Page([_shown(keyring, row[0], row[1]) for row in page.rows], page.next)


def _shown(keyring: Keyring, row: ImportRow, installation: Installation | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        name: getattr(row, name) for name in ("line", "state", "complaints", "warnings", "installation_id")
    }
    shown["cells"] = cells.cells_of(keyring, row)
    if installation is not None:
        if row.state == LEAVING:
            shown["state"] = _BECAME.get(installation.state, LEAVING)
        shown |= {
            "number": installation.number,
            "person": installation.person,
            "installation_state": installation.state,
        }
        shown |= {"failure_code": installation.failure_code, "failure_params": installation.failure_params}
    return shown


def _shown_state() -> Any:
    """In a statement of rows with their installations."""
    became = case(_BECAME, value=Installation.state, else_=LEAVING)
    return case((ImportRow.state == LEAVING, became), else_=ImportRow.state)


def _leaving(session: Session, import_id: UUID) -> dict[str, int]:
    """Of the rows whose clients were told to leave how many are in which state by now."""
    state = _shown_state()
    counted = select(state, func.count()).join(Installation, Installation.id == ImportRow.installation_id)
    counted = counted.where(ImportRow.import_id == import_id, ImportRow.state == LEAVING).group_by(state)
    return {row[0]: row[1] for row in session.execute(counted)}


def _by_state(session: Session, import_id: UUID) -> dict[str, int]:
    """What failed is in progress, with a reason; it is counted apart."""
    state = case((FAILED, "failed"), else_=Installation.state)
    counted = select(state, func.count()).where(Installation.import_id == import_id).group_by(state)
    return {row[0]: row[1] for row in session.execute(counted)}


def _waiting_on(session: Session, import_id: UUID) -> list[dict[str, Any]]:
    pending = Installation.state.in_((NEW, IN_PROGRESS))
    counted = (
        select(Router.id, Router.name, func.count())
        .join(Installation, Installation.router_id == Router.id)
        .where(Installation.import_id == import_id, pending)
        .group_by(Router.id, Router.name)
        .order_by(Router.name)
    )
    return [{"router_id": str(id), "name": name, "clients": count} for id, name, count in session.execute(counted)]


def _is_as(imported: Import, headings: list[str], kept: ImportLayout) -> bool:
    return columns.of_layout(headings, kept.headings) == imported.columns and kept.makes == imported.makes
