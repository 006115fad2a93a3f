"""The first page's numbers: what must be done today, and how a month went. Each agrees with a list that proves it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis.storage.days import between, days_of, midnight
from services.installations import listing
from services.installations.model import ENDED, PENDING, Installation, Staff, Zone

SHOWN_TODAY = 50


def dashboard(session: Session, *, at: datetime, technician_id: UUID | None = None) -> dict[str, Any]:
    """What is to be done, in the company's days; of one technician where that is asked for."""
    zone = listing.time_zone(session)
    today = at.astimezone(zone).date()
    own = [Installation.technician_id == technician_id] if technician_id else []
    pending = select(func.count()).where(Installation.state.in_(PENDING), *own)
    counted = _by_state(session, own) if own else listing.totals(session)
    return {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "pending_by_state": {state: counted.get(state, 0) for state in PENDING},
        "agenda": session.execute(_agenda(today, own, zone)).all(),
        "due_today": session.scalar(between(pending, Installation.scheduled_at, today, today, zone)),
        "late": session.scalar(pending.where(Installation.scheduled_at < midnight(today, zone))),
        "failed": session.scalar(pending.where(*failed())),
    }


def month(session: Session, *, at: datetime, month: str | None) -> dict[str, Any]:
    """Who became a client in a month like 2026-11, whoever left since, by day, technician and zone; beside the month
    before, whole and, while the month lasts, up to the same day; and how many left in it."""
    zone = listing.time_zone(session)
    today = at.astimezone(zone).date()
    month = month or f"{today:%Y-%m}"
    first, last = days_of(month)
    before_first, before_last = days_of(f"{first - timedelta(days=1):%Y-%m}")
    ongoing = first <= today <= last
    same_day = min(before_last, before_first + (today - first)) if ongoing else before_last
    clients = _clients(session, first, last, zone)
    days = Counter(each.activated_at.astimezone(zone).date() for each in clients)
    return {
        "month": month,
        "first_day": first,
        "last_day": last,
        "previous_month": f"{before_first:%Y-%m}",
        "next_month": None if last >= today else f"{last + timedelta(days=1):%Y-%m}",
        "installs": len(clients),
        "ends": _ends(session, first, last, zone),
        "installs_before": _count(session, before_first, before_last, zone),
        "installs_before_so_far": _count(session, before_first, same_day, zone) if ongoing else None,
        "by_day": [{"day": day, "installs": days[day]} for day in _days(first, min(last, today))],
        "by_technician": _named(session, Staff, Counter(each.technician_id for each in clients)),
        "by_zone": _named(session, Zone, Counter(each.zone_id for each in clients)),
    }


def failed() -> tuple[Any, ...]:
    """What could not be activated, with the reason."""
    return (Installation.failure_code.is_not(None),)


def _by_state(session: Session, own: list[Any]) -> dict[str, int]:
    counted = select(Installation.state, func.count()).where(Installation.state.in_(PENDING), *own)
    return {row[0]: row[1] for row in session.execute(counted.group_by(Installation.state))}


def _agenda(today: date, own: list[Any], zone: ZoneInfo) -> Select[Any]:
    due = listing.rows().where(Installation.state.in_(PENDING), *own)
    due = between(due, Installation.scheduled_at, today, today, zone)
    return due.order_by(Installation.scheduled_at, Installation.id).limit(SHOWN_TODAY)


def _clients(session: Session, first: date, last: date, zone: ZoneInfo) -> list[Any]:
    columns = select(Installation.activated_at, Installation.technician_id, Installation.zone_id)
    return list(session.execute(between(columns, Installation.activated_at, first, last, zone)))


def _count(session: Session, first: date, last: date, zone: ZoneInfo) -> int:
    counted = select(func.count(Installation.id))
    return session.scalar(between(counted, Installation.activated_at, first, last, zone)) or 0


def _ends(session: Session, first: date, last: date, zone: ZoneInfo) -> int:
    """How many clients left."""
    counted = select(func.count(Installation.id)).where(Installation.state == ENDED)
    return session.scalar(between(counted, Installation.ended_at, first, last, zone)) or 0


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _named(session: Session, model: type[Any], counted: Counter[UUID]) -> list[dict[str, Any]]:
    """The most first."""
    names = {row[0]: row[1] for row in session.execute(select(model.id, model.name).where(model.id.in_(counted)))}
    rows = [{"id": id, "name": names.get(id, "—"), "installs": count} for id, count in counted.items()]
    return sorted(rows, key=lambda row: (-row["installs"], row["name"]))
