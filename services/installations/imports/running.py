"""The run: what is good is made, in pieces of a transaction each, and told as by hand. Safe to be killed anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import auditing
from chassis.breathing import breathing
from chassis.calls import Actor
from chassis.correlation import present
from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import find, next_numbers
from events.installations import InstallationScheduled
from services.installations import activation, scheduling
from services.installations.agenda.diary import rules_of
from services.installations.checking import Neighbours, check_form
from services.installations.errors import FormRefused
from services.installations.imports import cells
from services.installations.imports.forming import COLUMN_OF, FORM, installed_at
from services.installations.model import NEW, Import, ImportRow, Installation
from services.installations.model.imports import BAD, GOOD, IMPORTED, IMPORTING, MADE, TO_ROUTERS
from services.installations.projections import company_of
from services.installations.telling import told

AT_ONCE = 100


def make_some(session: Session, *, keyring: Keyring, import_id: UUID, at: datetime) -> bool:
    """The next rows become installations; false when there are no more, or nobody wants them any more."""
    imported = find(session, Import, import_id, lock=True)
    if imported.state != IMPORTING:
        return False
    waiting = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.state == GOOD)
    rows = list(session.scalars(waiting.order_by(ImportRow.line).limit(AT_ONCE)))
    if not rows:
        imported.move("imported", IMPORTED)
        imported.ended_at = at
        return False
    minutes = {"duration_minutes": rules_of(session).visit_minutes}
    forms = [FORM.load(cells.form_of(keyring, row)) | minutes for row in breathing(rows)]
    # As long as this lives, the session knows what the forms chose.
    neighbours = Neighbours(session, forms)
    made, refused = _checked(session, imported, neighbours, list(zip(rows, forms, strict=True)), at)
    _make(session, imported, keyring, made, at)
    _note(session, import_id, made, refused)
    imported.made += len(made)
    imported.good -= len(rows)
    imported.bad += len(refused)
    return True


Made = list[tuple[ImportRow, Installation, dict[str, Any]]]
Refused = list[tuple[ImportRow, dict[str, Any]]]


def _checked(
    session: Session,
    imported: Import,
    neighbours: Neighbours,
    rows: list[tuple[ImportRow, dict[str, Any]]],
    at: datetime,
) -> tuple[Made, Refused]:
    """Once more: since the dry run somebody may have taken an address, or closed a plan."""
    company = company_of(session)
    made: Made = []
    refused: Refused = []
    for row, form in breathing(rows):
        installation = Installation(
            id=new_id(), company_id=imported.company_id, state=NEW, version=1, currency=company.currency,
            created_at=at, import_id=imported.id, installed_at=installed_at(imported, form["scheduled_at"], at),
        )  # fmt: skip
        try:
            check_form(session, installation, form, neighbours)
            made.append((row, installation, form))
        except FormRefused as wrong:
            refused.append((row, {COLUMN_OF.get(name, name): said for name, said in wrong.fields.items()}))
    return made, refused


def _make(session: Session, imported: Import, keyring: Keyring, made: Made, at: datetime) -> None:
    if not made:
        return
    numbers = next_numbers(session, "installations", len(made))
    for number, (_row, installation, form) in breathing(zip(numbers, made, strict=True)):
        installation.number = number
        scheduling.fill(session, installation, keyring, form)
        quiet = {"quiet": not imported.tells_people or installation.installed_at is not None}
        announce(session, InstallationScheduled(**told(session, installation) | quiet), entity_version=1)
        if imported.makes == TO_ROUTERS:
            activation.ask(session, installation, at)
    session.add_all(installation for _row, installation, _form in made)
    _audit(session, imported, [installation for _row, installation, _form in made], at)


def _note(session: Session, import_id: UUID, made: Made, refused: Refused) -> None:
    changed: list[dict[str, Any]] = [
        {"line": row.line, "state": MADE, "installation_id": each.id, "made_version": each.version, "complaints": None}
        for row, each, _form in made
    ]
    changed += [
        {"line": row.line, "state": BAD, "installation_id": None, "made_version": None, "complaints": complaints}
        for row, complaints in refused
    ]
    session.execute(update(ImportRow), [{"import_id": import_id, "sealed_form": None, **each} for each in changed])


def _audit(session: Session, imported: Import, installations: list[Installation], at: datetime) -> None:
    """One entry for each, so that an installation's history says with which run it came, and who asked for it."""
    actor = Actor("staff", imported.asked_by_id, imported.asked_by, imported.asked_by_role)
    correlation_id, _causation_id = present()
    entries = [
        (
            str(each.id),
            [{"table": "installations", "id": str(each.id), "how": auditing.ADDED, "fields": _shown(imported, each)}],
        )
        for each in installations
    ]
    auditing.note_all(
        session, actor=actor, method="installations.run_import", at=at, entries=entries, correlation_id=correlation_id
    )


def _shown(imported: Import, installation: Installation) -> dict[str, list[Any]]:
    names = ("number", "first_name", "last_name", "service_name", "ip_address", "former_number")
    fields = {name: [None, getattr(installation, name)] for name in names if getattr(installation, name)}
    return {"filename": [None, imported.filename], **fields}
