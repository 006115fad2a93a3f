"""Taking a run back: what nobody has touched since is cancelled, who became a client by it leaves their router; what is
left is told, with why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import auditing
from chassis.breathing import breathing
from chassis.calls import Actor
from chassis.correlation import present
from chassis.outbox import announce
from chassis.schemas import coded
from chassis.storage import find
from events.installations import InstallationCancelled
from services.installations import ending
from services.installations.model import (
    ACTIVATING,
    ACTIVE,
    CANCELLED,
    ENDED,
    ENDING,
    IN_PROGRESS,
    File,
    Import,
    ImportRow,
    Installation,
)
from services.installations.model.imports import (
    JOBS,
    KEPT,
    LEAVING,
    MADE,
    ON_ROUTERS,
    TAKEN_BACK,
    TO_ROUTERS,
    UNDOING,
    UNDONE,
)

AT_ONCE = 100
_STATES = {
    ACTIVATING: "being-activated",
    CANCELLED: "cancelled-since",
    ENDING: "ending-since",
    ENDED: "ended-since",
}
# By so much an installation's version grows until it is a client, when nobody but the run has a hand in it: its router
# confirms it, and before that somebody has it taken over from there.
_BECAME_CLIENT = {TO_ROUTERS: 1, ON_ROUTERS: 2}


def take_back_some(session: Session, *, import_id: UUID, at: datetime) -> bool:
    """The next of what was made; false when there are no more."""
    imported = find(session, Import, import_id, lock=True)
    if imported.state != UNDOING:
        return False
    made = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.state == MADE)
    rows = list(session.scalars(made.order_by(ImportRow.line).limit(AT_ONCE)))
    if not rows:
        imported.move("undone", UNDONE)
        imported.ended_at = at
        return False
    reasons, leaving = _take_back(session, imported, rows, at)
    changed = [
        {
            "import_id": import_id,
            "line": row.line,
            "state": KEPT if reason else LEAVING if row.installation_id in leaving else TAKEN_BACK,
            "complaints": {"installation": coded(reason)} if reason else None,
        }
        for row, reason in zip(rows, reasons, strict=True)
    ]
    session.execute(update(ImportRow), changed)
    kept = sum(reason is not None for reason in reasons)
    imported.kept += kept
    imported.taken_back += len(rows) - kept - len(leaving)
    imported.made -= len(rows)
    return True


def _take_back(
    session: Session, imported: Import, rows: list[ImportRow], at: datetime
) -> tuple[list[str | None], set[UUID]]:
    """For each row why it stays, None for what was cancelled or leaves; and who leaves."""
    ids = [row.installation_id for row in rows]
    there = select(Installation).where(Installation.id.in_(ids)).with_for_update()
    installations = {each.id: each for each in session.scalars(there)}
    with_files = set(session.scalars(select(File.installation_id).where(File.installation_id.in_(ids))))
    reasons: list[str | None] = []
    taken: list[tuple[Installation, str]] = []
    for row in breathing(rows):
        installation = installations[row.installation_id]
        reason = _touched(imported, installation, row, installation.id in with_files)
        reasons.append(reason)
        if reason is None:
            taken.append((installation, installation.state))
            if installation.state == ACTIVE:
                ending.take_back(session, installation, at)
            else:
                _cancel(session, installation)
    _audit(session, imported, taken, at)
    return reasons, {each.id for each, _before in taken if each.state == ENDING}


def _touched(imported: Import, installation: Installation, row: ImportRow, has_files: bool) -> str | None:
    if installation.state in _STATES:
        return _STATES[installation.state]
    made = row.made_version or 0
    if installation.state == ACTIVE:
        if imported.makes == JOBS:
            return "client-already"
        made += _BECAME_CLIENT[imported.makes]
    # A router that did not take what the run itself asked of it is nobody's touch.
    elif installation.state == IN_PROGRESS and installation.failure_code is not None:
        made += 1
    if installation.version != made:
        return "changed-since"
    return "has-files" if has_files else None


def _cancel(session: Session, installation: Installation) -> None:
    installation.cancel(None)
    cancelled = InstallationCancelled(installation_id=installation.id, reason=None)
    announce(session, cancelled, entity_version=installation.version)


def _audit(session: Session, imported: Import, taken: list[tuple[Installation, str]], at: datetime) -> None:
    actor = Actor("staff", imported.asked_by_id, imported.asked_by, imported.asked_by_role)
    correlation_id, _causation_id = present()
    entries = [
        (
            str(each.id),
            [
                {
                    "table": "installations",
                    "id": str(each.id),
                    "how": auditing.CHANGED,
                    "fields": {"state": [before, each.state], "filename": [None, imported.filename]},
                }
            ],
        )
        for each, before in taken
    ]
    auditing.note_all(
        session, actor=actor, method="installations.undo_import", at=at, entries=entries, correlation_id=correlation_id
    )
