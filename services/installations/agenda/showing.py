"""The agenda as pages show it."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.installations.agenda import routes, slots
from services.installations.agenda.conflicts import find_conflicts
from services.installations.agenda.diary import Diary, Span, Visit, clock_moment, late_visits, read_diary
from services.installations.agenda.distance import kilometres
from services.installations.model import PENDING

MOST_LATE = 200


def show_agenda(
    session: Session,
    *,
    first_on: date,
    last_on: date,
    technician_id: UUID | None,
    zone_id: UUID | None,
    states: list[str] | None,
) -> dict[str, Any]:
    """Visits with what is wrong with each, who works, and when they do not. Conflicts are with all there is, also with
    what the filters hide."""
    only = None if technician_id is None else [technician_id]
    diary = read_diary(session, first_on=first_on, last_on=last_on, technician_ids=only)
    conflicts = find_conflicts(diary)
    shown = [visit for visit in diary.visits if _is_wanted(visit, zone_id, states)]
    return {
        "visits": [{"visit": visit, "conflicts": conflicts.get(visit.installation_id, [])} for visit in shown],
        "technicians": [{"technician_id": who, "name": name} for who, name in diary.names.items()],
        "away": [away for who in diary.names for away in _away(diary, who)],
        "visit_minutes": diary.visit_minutes,
        "truncated": diary.truncated,
    }


def show_month(
    session: Session, *, month: str, technician_id: UUID | None, zone_id: UUID | None, states: list[str] | None
) -> list[dict[str, Any]]:
    """`month` is 2026-11. What there is to do on each of its days, and how much of the working time that takes."""
    first_on = date.fromisoformat(f"{month}-01")
    last_on = first_on.replace(day=calendar.monthrange(first_on.year, first_on.month)[1])
    only = None if technician_id is None else [technician_id]
    diary = read_diary(session, first_on=first_on, last_on=last_on, technician_ids=only)
    conflicts = find_conflicts(diary)
    by_day: dict[date, list[Visit]] = {day: [] for day in diary.days()}
    for visit in diary.visits:
        if _is_wanted(visit, zone_id, states):
            by_day[diary.day_of(visit.scheduled_at)].append(visit)
    return [_day(diary, day, visits, conflicts.keys()) for day, visits in by_day.items()]


def list_late(session: Session, *, technician_id: UUID | None, zone_id: UUID | None, at: datetime) -> list[Visit]:
    late = late_visits(session, at=at, limit=MOST_LATE)
    return [
        visit for visit in late if _is_wanted(visit, zone_id, None) and technician_id in (None, visit.technician_id)
    ]


def show_route(session: Session, *, technician_id: UUID, on: date) -> dict[str, Any]:
    """The stops of a day in time order with their legs, those that no map can show, and a shorter order if there is."""
    diary = read_diary(session, first_on=on, last_on=on, technician_ids=[technician_id])
    conflicts = find_conflicts(diary)
    stops = [visit for visit in diary.visits if visit.place]
    total = routes.length([stop.place for stop in stops])
    legs = [0.0, *(kilometres(one.place, other.place) for one, other in pairwise(stops))]
    return {
        "technician_name": diary.names.get(technician_id, ""),
        "stops": [
            {"visit": stop, "leg_km": leg, "conflicts": conflicts.get(stop.installation_id, [])}
            for stop, leg in zip(stops, legs, strict=False)
        ],
        "unplaced": [visit for visit in diary.visits if not visit.place],
        "total_km": total,
        "suggestion": _suggestion(diary, technician_id, stops, total),
    }


def _suggestion(diary: Diary, technician_id: UUID, stops: list[Visit], total: float) -> dict[str, Any] | None:
    """None when the order is as short as we know to make it. What is done stays, and so does what no map can show."""
    done = [stop for stop in stops if stop.state not in ("new", "in_progress")]
    free = [stop for stop in stops if stop.state in ("new", "in_progress")]
    start = done[-1].place if done else None
    ordered = [free[position] for position in routes.shortest([stop.place for stop in free], start)]
    if start is None:
        ordered = _from_the_same_end(ordered, free)
    shorter = routes.length([stop.place for stop in (*done, *ordered)])
    if shorter > total - 0.1:
        return None
    fixed = [visit for visit in diary.visits if visit not in free]
    timed = list(_timed(diary, technician_id, ordered, fixed))
    return {"total_km": shorter, "moves": timed}


def _from_the_same_end(ordered: list[Visit], before: list[Visit]) -> list[Visit]:
    """A way is as short backwards: of the two, the one that changes less of what people were told."""
    turned = ordered[::-1]
    kept = {True: 0, False: 0}
    for position, visit in enumerate(before):
        kept[True] += abs(position - turned.index(visit))
        kept[False] += abs(position - ordered.index(visit))
    return turned if kept[True] < kept[False] else ordered


def _timed(diary: Diary, technician_id: UUID, ordered: list[Visit], fixed: list[Visit]) -> Iterator[dict[str, Any]]:
    """One after the other from when the day begins now, with the way between them, within hours for as long as it
    goes."""
    moment, before = min(visit.scheduled_at for visit in ordered), None
    spans = diary.worked(technician_id, diary.first_on)
    for visit in ordered:
        if before is not None:
            way = slots.busy_spans([before], visit.place)[0][1] - before.ends_at
            moment = moment + way
        busy = slots.busy_spans(fixed, visit.place)
        found = slots.earliest(spans, busy, moment, visit.duration_minutes)
        starts = found or slots.rounded_up(moment)
        yield {
            "installation_id": visit.installation_id,
            "version": visit.version,
            "number": visit.number,
            "person": visit.person,
            "before": visit.scheduled_at,
            "scheduled_at": starts,
            "technician_id": visit.technician_id,
            "duration_minutes": visit.duration_minutes,
        }
        moment, before = starts + (visit.ends_at - visit.scheduled_at), visit


def _is_wanted(visit: Visit, zone_id: UUID | None, states: list[str] | None) -> bool:
    return zone_id in (None, visit.zone_id) and (not states or visit.state in states)


def _day(diary: Diary, day: date, visits: list[Visit], in_conflict: Any) -> dict[str, Any]:
    return {
        "on": day,
        "visits": len(visits),
        "pending": sum(visit.state in PENDING for visit in visits),
        "conflicts": sum(visit.installation_id in in_conflict for visit in visits),
        "booked_minutes": sum(visit.duration_minutes for visit in visits),
        "worked_minutes": sum(_minutes(diary.worked(who, day)) for who in diary.names),
        "by_technician": [
            {"name": diary.names.get(who, ""), "visits": count}
            for who, count in Counter(visit.technician_id for visit in visits).most_common()
        ],
        "closed": next((off.reason or "" for off in diary.absences if _closes(off, day)), None),
    }


def _closes(off: Any, day: date) -> bool:
    return off.technician_id is None and off.first_on <= day <= off.last_on


def _minutes(spans: list[Span]) -> int:
    return sum(int((ends - begins).total_seconds()) // 60 for begins, ends in spans)


def _away(diary: Diary, technician_id: UUID) -> Iterator[dict[str, Any]]:
    """The time that somebody does not work, day by day."""
    for day in diary.days():
        absence = diary.absence(technician_id, day)
        moment = clock_moment(day, 0, diary.zone)
        for begins, ends in [*diary.worked(technician_id, day), (clock_moment(day, 24 * 60, diary.zone), None)]:
            if begins > moment:
                yield {
                    "technician_id": technician_id,
                    "starts_at": moment,
                    "ends_at": begins,
                    "reason": (absence.reason or "") if absence else None,
                }
            moment = ends
