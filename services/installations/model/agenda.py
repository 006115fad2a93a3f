"""When people work: the company's week and visits, a technician's own week, and days off."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned
from services.installations.model.tables import Base

Week = list[list[list[int]]]
"""Monday first: the spans of each day that are worked, as minutes after midnight in the company's time zone."""

OFFICE_DAY, SATURDAY = [[9 * 60, 18 * 60]], [[9 * 60, 14 * 60]]
USUAL_WEEK: Week = [*([OFFICE_DAY] * 5), SATURDAY, []]
USUAL_MINUTES = 90


class AgendaRules(CompanyOwned, Base):
    """What holds for everybody of a company who has nothing of their own; `id` is the company's."""

    __tablename__ = "agenda_rules"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_minutes: Mapped[int] = mapped_column(default=USUAL_MINUTES)
    week: Mapped[Week] = mapped_column(JSON)


class TechnicianWeek(CompanyOwned, Base):
    """The week of somebody who does not work the company's."""

    __tablename__ = "technician_weeks"

    technician_id: Mapped[UUID] = mapped_column(primary_key=True)
    week: Mapped[Week] = mapped_column(JSON)


class Absence(CompanyOwned, Base):
    """Days off, the last included; without a technician, of everybody."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_last_on", "company_id", "last_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    technician_id: Mapped[UUID | None]
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(String(200))
