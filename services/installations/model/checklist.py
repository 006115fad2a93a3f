"""What technicians go through at the client's: the company's list, and what was found at each installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.installations.model.tables import Base

TICK, NUMBER, TEXT = "tick", "number", "text"
KINDS = (TICK, NUMBER, TEXT)


class Checklist(CompanyOwned, Base):
    """The list as the company wrote it; until then the one that Alta comes with. `items` in their order:
    `{item_id, title, kind, unit, least, most}`."""

    __tablename__ = "checklists"
    __table_args__ = (UniqueConstraint("company_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=0)


class ChecklistAnswer(CompanyOwned, Base):
    """What was found, with the question as it was then. `value`: None was taken back, a tick is "yes"."""

    __tablename__ = "checklist_answers"

    installation_id: Mapped[UUID] = mapped_column(ForeignKey("installations.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str | None] = mapped_column(String(20))
    value: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str] = mapped_column(String(200))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
