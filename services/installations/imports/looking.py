"""The dry run: every row by the rules of the form, and against the other rows of the file. Nothing is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.breathing import breathing
from chassis.errors import Permanent, Refusal
from chassis.schemas import coded
from chassis.secrets import Keyring
from chassis.storage import Database, find
from services.installations.checking import Neighbours, check_form
from services.installations.errors import FormRefused
from services.installations.imports import cells, values
from services.installations.imports.forming import COLUMN_OF, Formed, Forming
from services.installations.imports.names import Names
from services.installations.imports.proposing import Proposing
from services.installations.model import OVER, Import, ImportRow, Installation
from services.installations.model.imports import BAD, CHECKED, CHECKING, GOOD, UNREADABLE
from services.installations.projections import company_of

AT_ONCE = 200
_ONCE_ONLY = {"ip_address": "ip-twice-in-file", "service_name": "service-name-twice-in-file"}


def look(database: Database, keyring: Keyring, *, company_id: UUID, import_id: UUID) -> None:
    """Looks at all rows, in pieces; begins anew when it was interrupted."""
    with database.read(company_id) as session:
        imported = find(session, Import, import_id)
        names = Names(session, imported)
        looking = _Looking(session, imported, names, keyring)
        pieces = looking.pieces()
        counted = {"looked_at": 0, "good": 0, "bad": 0, "warned": 0}
        for piece in pieces:
            _count(counted, piece)
            changed = [_noted(company_id, import_id, formed, keyring) for formed in breathing(piece)]
            with database.begin(company_id) as writing:
                if not _note(writing, import_id, changed, counted):
                    return
    with database.begin(company_id) as session:
        imported = find(session, Import, import_id, lock=True)
        imported.unknown, imported.total = names.missing(), counted["looked_at"]
        imported.move("checked", CHECKED)


def note_unreadable(session: Session, *, import_id: UUID, error: Exception) -> None:
    """Its file is gone, or says something else than when it came: it must come again."""
    imported = find(session, Import, import_id, lock=True)
    imported.move("unreadable", UNREADABLE)
    known = error if isinstance(error, Refusal | Permanent) else None
    imported.problem = {"code": known.code, "params": known.params} if known else {"code": "import-interrupted"}


class _Looking:
    """What must be known of all rows while each is looked at."""

    def __init__(self, session: Session, imported: Import, names: Names, keyring: Keyring) -> None:
        self._session, self._import, self._keyring = session, imported, keyring
        self._forming = Forming(imported, company_of(session), names)
        self._proposing = Proposing(session, set(self._spoken_of()))
        self._lines: dict[tuple[Any, ...], int] = {}

    def pieces(self) -> Iterator[list[Formed]]:
        for rows in self._rows():
            piece = [self._forming.form(row.line, cells.cells_of(self._keyring, row)) for row in breathing(rows)]
            for formed in breathing(piece):
                self._proposing.fill(formed)
                formed.load()
                self._only_once(formed)
            whole = [formed for formed in piece if formed.loaded is not None]
            self._fits_together(whole)
            self._known_already(whole)
            yield piece

    def _rows(self) -> Iterator[list[ImportRow]]:
        last = 0
        while True:
            following = select(ImportRow).where(ImportRow.import_id == self._import.id, ImportRow.line > last)
            rows = list(self._session.scalars(following.order_by(ImportRow.line).limit(AT_ONCE)))
            if not rows:
                return
            last = rows[-1].line
            yield rows
            for row in rows:
                self._session.expunge(row)

    def _spoken_of(self) -> Iterator[str]:
        """Names and addresses that no other row is to be given."""
        wanted = [number for name in _ONCE_ONLY if (number := self._import.columns.get(name)) is not None]
        for rows in self._rows() if wanted else ():
            for row in breathing(rows):
                content = cells.cells_of(self._keyring, row)
                yield from (values.address(content[each]).casefold() for each in wanted if each < len(content))

    def _only_once(self, formed: Formed) -> None:
        form = formed.form
        for name, code in _ONCE_ONLY.items():
            if form.get(name) and (first := self._first(formed, name, form.get("router_id"), form[name])):
                formed.refuse(name, code, line=first)
        if form.get("former_number") and (first := self._first(formed, "former_number", form["former_number"])):
            formed.refuse("former_number", "twice-in-file", line=first)
        if form.get("official_id") and (first := self._first(formed, "official_id", form["official_id"].casefold())):
            formed.warnings["official_id"] = coded("twice-in-file", line=first)

    def _first(self, formed: Formed, *what: Any) -> int | None:
        first = self._lines.setdefault(what, formed.line)
        return first if first != formed.line else None

    def _fits_together(self, whole: list[Formed]) -> None:
        neighbours = Neighbours(self._session, [formed.loaded for formed in whole])
        for formed in whole:
            try:
                check_form(self._session, Installation(), formed.loaded, neighbours)
            except FormRefused as refused:
                for name, complaints in refused.fields.items():
                    formed.complaints.setdefault(COLUMN_OF.get(name, name), complaints)

    def _known_already(self, whole: list[Formed]) -> None:
        """A number from before is of one client; a person may have several services."""
        for name, code in (("former_number", "former-number-taken"), ("official_id", "official-id-known")):
            given = {formed.loaded[name] for formed in whole if formed.loaded[name]}
            column = getattr(Installation, name)
            there = select(column, Installation.number, Installation.first_name, Installation.last_name)
            there = there.where(column.in_(given), Installation.state.not_in(OVER))
            known = {row[0]: row for row in self._session.execute(there)} if given else {}
            for formed in whole:
                if (row := known.get(formed.loaded[name])) is not None:
                    said = coded(code, number=row.number, name=f"{row.first_name} {row.last_name}")
                    (formed.complaints if name == "former_number" else formed.warnings).setdefault(name, said)


def _count(counted: dict[str, int], piece: list[Formed]) -> None:
    counted["looked_at"] += len(piece)
    for formed in piece:
        counted["bad" if formed.complaints else "good"] += 1
        counted["warned"] += bool(formed.warnings and not formed.complaints)


def _note(session: Session, import_id: UUID, changed: list[dict[str, Any]], counted: dict[str, int]) -> bool:
    """False when nobody wants it any more."""
    imported = find(session, Import, import_id, lock=True)
    if imported.state != CHECKING:
        return False
    for name, value in counted.items():
        setattr(imported, name, value)
    session.execute(update(ImportRow), changed)
    return True


def _noted(company_id: UUID, import_id: UUID, formed: Formed, keyring: Keyring) -> dict[str, Any]:
    row = ImportRow(company_id=company_id, import_id=import_id, line=formed.line)
    good = not formed.complaints
    return {
        "import_id": import_id,
        "line": formed.line,
        "state": GOOD if good else BAD,
        "sealed_form": cells.seal(keyring, row, "form", formed.form) if good else None,
        "complaints": formed.complaints or None,
        "warnings": formed.warnings or None,
    }
