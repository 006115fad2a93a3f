"""What staff ask of an import: begin it, map it, say what names mean, run it, stop it, take it back, forget it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from chassis.calls import Actor
from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.schemas import coded
from chassis.storage import find
from services.installations import catalogue
from services.installations.errors import FieldRefused, FormRefused, NothingToImport
from services.installations.imports import columns, values
from services.installations.imports.names import PLAN, SECTOR, ZONE, plain
from services.installations.model import ACTIVE, Import, ImportLayout, ImportRow, Installation, Zone
from services.installations.model.imports import (
    CHECKING,
    IMPORT_STOPPED,
    IMPORTING,
    JOBS,
    KEPT,
    LEAVING,
    MADE,
    MAPPING,
    UNDOING,
)
from services.installations.projections import company_of

CHECK, RUN, UNDO = "installations.check_import", "installations.run_import", "installations.undo_import"
RETRY = "installations.retry_import"

NEEDED = ("address", "phone", "plan", "technician", "scheduled_at", "installation_cost")


def begin(session: Session, *, actor: Actor, at: datetime, file: dict[str, Any]) -> Import:
    """`file` is what was staged and what was read of it. The sheet with most rows is chosen, and a mapping proposed."""
    sheets = file["sheets"]
    sheet = max(range(len(sheets)), key=lambda number: sheets[number]["rows"])
    imported = Import(
        id=new_id(), state=MAPPING, filename=file["filename"], staged_key=file["staged_key"], sheets=sheets,
        encoding=file["encoding"], separator=file["separator"], sheet=sheet, columns={}, defaults={}, date_order="dmy",
        makes=JOBS, tells_people=False, choices={}, unknown=[], asked_by=actor.name or "", asked_by_id=actor.id,
        asked_by_role=actor.role, created_at=at, total=sheets[sheet]["rows"], looked_at=0, good=0, bad=0, warned=0,
        made=0, taken_back=0, kept=0,
    )  # fmt: skip
    _propose(session, imported)
    session.add(imported)
    session.flush()
    return imported


def map_columns(
    session: Session, *, import_id: UUID, layout_name: str | None, sheet: int, columns: dict[str, int], **chosen: Any
) -> Import:
    """What each column is, and what is to be made; its rows are then looked at. Raises `FieldRefused`."""
    imported = find(session, Import, import_id, lock=True)
    if sheet >= len(imported.sheets):
        raise FieldRefused("sheet", "not-one-of")
    headings = imported.sheets[sheet]["headings"]
    if not columns or max(columns.values()) >= len(headings):
        raise FieldRefused("columns", "required")
    _nothing_missing({*columns, *chosen["defaults"]})
    imported.sheet, imported.columns, imported.total = sheet, columns, imported.sheets[sheet]["rows"]
    for name, value in chosen.items():
        setattr(imported, name, value)
    if layout_name:
        _keep(session, layout_name, imported)
    _check(session, imported)
    return imported


def choose_names(session: Session, *, import_id: UUID, names: list[dict[str, Any]]) -> Import:
    """What unknown names mean; what is made for one is made now, as by hand. The rows are looked at again."""
    imported = find(session, Import, import_id, lock=True)
    choices = {kind: dict(known) for kind, known in imported.choices.items()}
    for number, name in enumerate(names):
        chosen = name["id"] or _made(session, name, number)
        if chosen:
            choices.setdefault(name["kind"], {})[f"{name['within']}/{plain(name['name'])}"] = str(chosen)
    imported.choices = choices
    _check(session, imported)
    return imported


def run(session: Session, *, import_id: UUID, at: datetime) -> Import:
    """Raises `NothingToImport`."""
    imported = find(session, Import, import_id, lock=True)
    if not imported.good:
        raise NothingToImport
    imported.move("run", IMPORTING)
    imported.began_at, imported.ended_at = imported.began_at or at, None
    _enqueue(session, RUN, imported)
    return imported


def stop(session: Session, *, import_id: UUID, at: datetime) -> Import:
    """What was made stays; it can go on, or be taken back."""
    imported = find(session, Import, import_id, lock=True)
    imported.move("stop", IMPORT_STOPPED)
    imported.ended_at = at
    return imported


def undo(session: Session, *, import_id: UUID) -> Import:
    """Also once more: what had to be kept may have become free."""
    imported = find(session, Import, import_id, lock=True)
    imported.move("undo", UNDOING)
    stayed = select(Installation.id).where(Installation.import_id == import_id, Installation.state == ACTIVE)
    kept = or_(ImportRow.state == KEPT, and_(ImportRow.state == LEAVING, ImportRow.installation_id.in_(stayed)))
    again = update(ImportRow).where(ImportRow.import_id == import_id, kept).values(state=MADE, complaints=None)
    imported.made, imported.kept = imported.made + session.execute(again).rowcount, 0
    _enqueue(session, UNDO, imported)
    return imported


def retry(session: Session, *, import_id: UUID, at: datetime) -> Import:
    """What the routers did not take until now is asked of them once more."""
    imported = find(session, Import, import_id, lock=True)
    imported.move("retry", imported.state)
    payload = {"import_id": str(imported.id), "refused_before": at.isoformat()}
    enqueue(session, RETRY, key=str(imported.id), payload=payload)
    return imported


def forget(session: Session, *, import_id: UUID) -> None:
    """Nothing came of it."""
    imported = find(session, Import, import_id, lock=True)
    imported.move("forget", MAPPING)
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    session.delete(imported)


def apply_layout(session: Session, *, import_id: UUID, layout: str) -> Import:
    """Maps the file as one before, as far as its headings are there. Raises `NotFound`."""
    imported = find(session, Import, import_id, lock=True)
    kept = session.scalar(select(ImportLayout).where(ImportLayout.name == layout))
    found = columns.of_layout(imported.sheets[imported.sheet]["headings"], kept.headings) if kept else None
    if kept is None or found is None:
        raise NotFound("layout-not-found")
    imported.move("check", MAPPING)
    _apply(imported, kept, found)
    return imported


# Parts of the above.


def _nothing_missing(given: set[str]) -> None:
    """Raises `FormRefused` for what no installation is without, and no row has."""
    named = {"first_name", "last_name"} <= given or "full_name" in given
    missing = [name for name in NEEDED if name not in given] + ([] if named else ["full_name"])
    if missing:
        raise FormRefused(fields={name: coded("column-or-value") for name in missing})


def _propose(session: Session, imported: Import) -> None:
    """As the newest layout that fits, else by what the headings say."""
    sheet = imported.sheets[imported.sheet]
    for kept in session.scalars(select(ImportLayout).order_by(ImportLayout.id.desc())):
        found = columns.of_layout(sheet["headings"], kept.headings)
        if found is not None:
            _apply(imported, kept, found)
            return
    imported.columns = columns.proposed(sheet["headings"])
    days = imported.columns.get("scheduled_at", 200)
    samples = [row[days] for row in sheet["samples"] if days < len(row)]
    imported.date_order = values.date_order(samples, company_of(session).locale)


def _apply(imported: Import, kept: ImportLayout, found: dict[str, int]) -> None:
    imported.columns, imported.defaults = found, kept.defaults
    imported.date_order, imported.makes = kept.date_order, kept.makes


def _keep(session: Session, name: str, imported: Import) -> None:
    """One of that name is replaced."""
    kept = session.scalar(select(ImportLayout).where(ImportLayout.name == name)) or ImportLayout(id=new_id(), name=name)
    headings = imported.sheets[imported.sheet]["headings"]
    kept.headings = {field: headings[number] for field, number in imported.columns.items() if headings[number]}
    kept.defaults, kept.date_order, kept.makes = imported.defaults, imported.date_order, imported.makes
    session.add(kept)


def _made(session: Session, name: dict[str, Any], number: int) -> UUID | None:
    """A zone, sector or plan of that name; None when nothing was said of it. Raises `FieldRefused`."""
    match name["kind"]:
        case kind if kind == ZONE and name["router_id"]:
            return catalogue.save_zone(session, zone_id=None, name=name["name"], router_id=name["router_id"]).id
        case kind if kind == SECTOR and name["router_id"]:
            zone = find(session, Zone, UUID(name["within"]))
            return catalogue.save_sector(session, sector_id=None, zone_id=zone.id, name=name["name"]).id
        case kind if kind == PLAN and name["download_kbps"]:
            if not name["upload_kbps"] or name["price_minor"] is None:
                raise FieldRefused(f"names.{number}", "required")
            plan = catalogue.save_plan(
                session, plan_id=None, router_id=UUID(name["within"]), name=name["name"],
                download_kbps=name["download_kbps"], upload_kbps=name["upload_kbps"], shaping=None,
                price_minor=name["price_minor"], active=True,
            )  # fmt: skip
            return plan.id
    return None


def _check(session: Session, imported: Import) -> None:
    imported.move("check", CHECKING)
    imported.looked_at, imported.problem = 0, None
    _enqueue(session, CHECK, imported)


def _enqueue(session: Session, kind: str, imported: Import) -> None:
    enqueue(session, kind, key=str(imported.id), payload={"import_id": str(imported.id)})
