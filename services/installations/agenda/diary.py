"""What a company has to do between two days and when its people work: read once, then asked without a database."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from chassis.storage import current_company
from services.installations.agenda.distance import Place
from services.installations.model import (
    CANCELLED,
    NEW,
    PENDING,
    STATES,
    USUAL_MINUTES,
    USUAL_WEEK,
    Absence,
    AgendaRules,
    Installation,
    Plan,
    Staff,
    TechnicianWeek,
    Week,
    Zone,
)
from services.installations.projections import company_of

MOST_VISITS = 5_000
Span = tuple[datetime, datetime]


@dataclasses.dataclass(frozen=True, slots=True)
class Visit:
    """An installation as the agenda sees it."""

    installation_id: UUID
    number: int
    version: int
    state: str
    first_name: str
    last_name: str
    phone: str
    address: str
    city: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    zone_id: UUID
    zone_name: str
    technician_id: UUID
    plan_name: str
    scheduled_at: datetime
    duration_minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.scheduled_at + timedelta(minutes=self.duration_minutes)

    @property
    def place(self) -> Place | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Place(float(self.latitude), float(self.longitude))

    @property
    def pending(self) -> bool:
        return self.state in PENDING

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}"


def a_visit(**known: Any) -> Visit:
    """One that nobody has put on the agenda yet; of what is not known of it, nothing depends."""
    nothing = {"number": 0, "version": 0, "state": NEW, "zone_id": None, "city": None}
    words = dict.fromkeys(("first_name", "last_name", "phone", "address", "zone_name", "plan_name"), "")
    return Visit(**nothing, **words, **known)


@dataclasses.dataclass(frozen=True, slots=True)
class Diary:
    """From `first_on` to `last_on`, both included, in days of the company. Visits by time.

    `names`: of who is asked about, else of technicians and whoever has a visit; `truncated`: there are more visits than
    are kept here.
    """

    zone: ZoneInfo
    first_on: date
    last_on: date
    visits: list[Visit]
    names: dict[UUID, str]
    week: Week
    weeks: dict[UUID, Week]
    absences: list[Absence]
    visit_minutes: int
    truncated: bool = False

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def days(self) -> Iterator[date]:
        for number in range((self.last_on - self.first_on).days + 1):
            yield self.first_on + timedelta(days=number)

    def of(self, technician_id: UUID) -> list[Visit]:
        return [visit for visit in self.visits if visit.technician_id == technician_id]

    def absence(self, technician_id: UUID, day: date) -> Absence | None:
        """Why somebody does not work that day, though it is a working day of theirs; a company's day off first."""
        off = [one for one in self.absences if one.first_on <= day <= one.last_on]
        theirs = (one for one in off if one.technician_id in (None, technician_id))
        return min(theirs, key=lambda one: one.technician_id is not None, default=None)

    def hours(self, technician_id: UUID, day: date) -> list[Span]:
        """What they work that day by their week, whether or not they are absent."""
        week = self.weeks.get(technician_id, self.week)
        return [
            (clock_moment(day, begins, self.zone), clock_moment(day, ends, self.zone))
            for begins, ends in week[day.weekday()]
        ]

    def worked(self, technician_id: UUID, day: date) -> list[Span]:
        return [] if self.absence(technician_id, day) else self.hours(technician_id, day)


def clock_moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """So many minutes after midnight by the clock on the wall, in UTC; 24:00 is the next midnight."""
    days, minutes = divmod(minutes, 24 * 60)
    wall = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), zone)
    return wall.astimezone(UTC)


def read_diary(
    session: Session, *, first_on: date, last_on: date, technician_ids: Iterable[UUID] | None = None
) -> Diary:
    """Of everybody, or of some."""
    zone, rules = ZoneInfo(company_of(session).time_zone), rules_of(session)
    only = None if technician_ids is None else set(technician_ids)
    found = session.execute(
        _visits(only)
        .where(Installation.state.in_([state for state in STATES if state != CANCELLED]))
        .where(Installation.scheduled_at >= clock_moment(first_on, 0, zone))
        .where(Installation.scheduled_at < clock_moment(last_on, 24 * 60, zone))
        .order_by(Installation.scheduled_at, Installation.id)
        .limit(MOST_VISITS + 1)
    ).all()
    visits = [Visit(*row) for row in found[:MOST_VISITS]]
    return Diary(
        zone=zone,
        first_on=first_on,
        last_on=last_on,
        visits=visits,
        names=_names(session, only, {visit.technician_id for visit in visits}),
        week=rules.week,
        weeks={row.technician_id: row.week for row in session.scalars(select(TechnicianWeek))},
        absences=list(
            session.scalars(
                select(Absence)
                .where(Absence.last_on >= first_on, Absence.first_on <= last_on)
                .order_by(Absence.first_on, Absence.id)
            )
        ),
        visit_minutes=rules.visit_minutes,
        truncated=len(found) > MOST_VISITS,
    )


def late_visits(session: Session, *, at: datetime, limit: int) -> list[Visit]:
    """What should be over and was not done: the oldest first."""
    waiting = _visits(None).where(
        Installation.state.in_(PENDING), Installation.scheduled_at < at - timedelta(minutes=1)
    )
    found = session.execute(waiting.order_by(Installation.scheduled_at, Installation.id).limit(limit))
    return [visit for visit in (Visit(*row) for row in found) if visit.ends_at < at]


def rules_of(session: Session) -> AgendaRules:
    """The company's, or the usual ones where it has said nothing yet."""
    company_id = current_company(session)
    usual = AgendaRules(id=company_id, visit_minutes=USUAL_MINUTES, week=USUAL_WEEK)
    return session.get(AgendaRules, company_id) or usual


def _visits(technician_ids: set[UUID] | None) -> Select[Any]:
    """Columns in the order of `Visit`'s fields; no entities, because a month of a large company is thousands."""
    of_installation = (
        "id", "number", "version", "state", "first_name", "last_name", "phone", "address", "city", "latitude",
        "longitude", "zone_id",
    )  # fmt: skip
    statement = (
        select(
            *(getattr(Installation, name) for name in of_installation),
            Zone.name,
            Installation.technician_id,
            Plan.name,
            Installation.scheduled_at,
            Installation.duration_minutes,
        )
        .join(Zone, Zone.id == Installation.zone_id)
        .join(Plan, Plan.id == Installation.plan_id)
    )
    return statement if technician_ids is None else statement.where(Installation.technician_id.in_(technician_ids))


def _names(session: Session, only: set[UUID] | None, with_visits: set[UUID]) -> dict[UUID, str]:
    """Technicians, and who has a visit besides; whoever may be sent, where nobody is a technician by trade."""
    who = or_(Staff.id.in_(with_visits), Staff.active & (Staff.role != "read_only"))
    found = list(session.scalars(select(Staff).where(who).order_by(Staff.role != "technician", Staff.name)))
    if only is not None:
        return {row.id: row.name for row in found if row.id in only}
    by_trade = {row.id for row in found if row.active and row.role == "technician"} or {row.id for row in found}
    return {row.id: row.name for row in found if row.id in by_trade | with_visits}
