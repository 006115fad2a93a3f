"""When people work: the company's week, a technician's own one, and days off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.storage import current_company, find
from services.installations.agenda.diary import rules_of
from services.installations.model import Absence, AgendaRules, Staff, TechnicianWeek, Week
from services.installations.projections import company_of


def show_working(session: Session, *, at: datetime) -> dict[str, Any]:
    """The rules of the company, whose week is another one, and days off that are not over."""
    today = at.astimezone(ZoneInfo(company_of(session).time_zone)).date()
    weeks = {row.technician_id: row.week for row in session.scalars(select(TechnicianWeek))}
    staff = session.scalars(
        select(Staff).where(Staff.active, Staff.role != "read_only").order_by(Staff.role != "technician", Staff.name)
    )
    off = select(Absence).where(Absence.last_on >= today).order_by(Absence.first_on, Absence.id)
    rules = rules_of(session)
    return {
        "visit_minutes": rules.visit_minutes,
        "week": rules.week,
        "technicians": [{"technician_id": row.id, "name": row.name, "week": weeks.get(row.id)} for row in staff],
        "absences": list(session.scalars(off)),
    }


def save_rules(session: Session, *, visit_minutes: int, week: Week) -> AgendaRules:
    """What holds where nobody has anything of their own."""
    rules = session.get(AgendaRules, current_company(session), with_for_update=True)
    if rules is None:
        rules = AgendaRules(id=current_company(session))
        session.add(rules)
    rules.visit_minutes, rules.week = visit_minutes, week
    return rules


def save_week(session: Session, *, technician_id: UUID, week: Week | None) -> None:
    """None: the company's from now on."""
    find(session, Staff, technician_id, lock=True)
    row = session.get(TechnicianWeek, technician_id)
    if week is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = TechnicianWeek(technician_id=technician_id)
        session.add(row)
    row.week = week


def add_absence(
    session: Session, *, technician_id: UUID | None, first_on: date, last_on: date, reason: str | None
) -> Absence:
    """Of everybody without a technician. What was arranged for those days stays, and is shown as a conflict."""
    if technician_id is not None:
        find(session, Staff, technician_id)
    absence = Absence(id=new_id(), technician_id=technician_id, first_on=first_on, last_on=last_on, reason=reason)
    session.add(absence)
    return absence


def remove_absence(session: Session, *, absence_id: UUID) -> None:
    session.delete(find(session, Absence, absence_id))
