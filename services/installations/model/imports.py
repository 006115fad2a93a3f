"""Imports of installations and clients from files: the file as it was mapped, its rows, and layouts that are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.installations.errors import IllegalImportMove
from services.installations.model.tables import Base

MAPPING, CHECKING, CHECKED, IMPORTING, IMPORTED = "mapping", "checking", "checked", "importing", "imported"
IMPORT_STOPPED, UNDOING, UNDONE, UNREADABLE = "import_stopped", "undoing", "undone", "unreadable"
# From which states each move may be made.
IMPORT_MOVES = {
    "check": (MAPPING, CHECKED, UNREADABLE),
    "checked": (CHECKING,),
    "unreadable": (CHECKING,),
    "run": (CHECKED, IMPORT_STOPPED),
    "stop": (IMPORTING,),
    "imported": (IMPORTING,),
    "undo": (IMPORTED, IMPORT_STOPPED, UNDONE),
    "undone": (UNDOING,),
    "retry": (IMPORTED, IMPORT_STOPPED, UNDONE),
    "forget": (MAPPING, CHECKED, UNREADABLE),
}
# What becomes of a row; None until it was looked at.
GOOD, BAD, MADE, TAKEN_BACK, KEPT = "good", "bad", "made", "taken_back", "kept"
LEAVING = "leaving"
"""Of a row whose client was told to leave: what came of it is said by the installation's own state."""
# What is made: jobs for the agenda; clients whose service is on the router already, to be taken over; clients whose
# service is to be written there.
JOBS, ON_ROUTERS, TO_ROUTERS = "jobs", "on_routers", "to_routers"
MAKES = (JOBS, ON_ROUTERS, TO_ROUTERS)


class Import(CompanyOwned, Base):
    """One file on its way. `columns` are its numbers by field, `defaults` what stands in for an empty cell.

    `choices`: by kind and name in the file, the id that staff chose for it. `unknown`: the names that nothing is known
    of. While `loaded_sheet` is None its rows are not in the database yet.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_created", "company_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(200))
    staged_key: Mapped[str] = mapped_column(String(200))
    sheets: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    encoding: Mapped[str | None] = mapped_column(String(20))
    separator: Mapped[str | None] = mapped_column(String(1))
    sheet: Mapped[int]
    loaded_sheet: Mapped[int | None]
    columns: Mapped[dict[str, int]] = mapped_column(JSON)
    defaults: Mapped[dict[str, str]] = mapped_column(JSON)
    date_order: Mapped[str] = mapped_column(String(3))
    makes: Mapped[str] = mapped_column(String(20))
    tells_people: Mapped[bool]
    choices: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    unknown: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    total: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[int] = mapped_column(default=0)
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    warned: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    taken_back: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_by_id: Mapped[str | None] = mapped_column(String(64))
    asked_by_role: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def move(self, how: str, state: str) -> None:
        """Raises `IllegalImportMove`."""
        if self.state not in IMPORT_MOVES[how]:
            raise IllegalImportMove(state=self.state, move=how)
        self.state = state


class ImportRow(CompanyOwned, Base):
    """A row of the file, by its line there. What people wrote is kept sealed, passwords may be among it.

    `complaints` by field, `warnings` likewise; `made_version` is the installation's when it was made.
    """

    __tablename__ = "import_rows"
    __table_args__ = (Index("ix_import_rows_state", "import_id", "state", "line"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    sealed_cells: Mapped[str] = mapped_column(Text)
    sealed_form: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(String(20))
    complaints: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    warnings: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    installation_id: Mapped[UUID | None]
    made_version: Mapped[int | None]


class ImportLayout(CompanyOwned, Base):
    """How files of one kind are mapped: the heading of each field's column, and what stands in for empty cells."""

    __tablename__ = "import_layouts"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    headings: Mapped[dict[str, str]] = mapped_column(JSON)
    defaults: Mapped[dict[str, str]] = mapped_column(JSON)
    date_order: Mapped[str] = mapped_column(String(3))
    makes: Mapped[str] = mapped_column(String(20))
