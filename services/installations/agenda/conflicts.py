"""What is wrong with a visit: another one at the same time, outside hours, nobody there, too far to be there in time.

None of it is forbidden, because the office knows more than the calendar does; but nobody makes one without being told.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from services.installations.agenda.diary import Diary, Visit
from services.installations.agenda.distance import DETOUR, kilometres, minutes_between


@dataclasses.dataclass(frozen=True, slots=True)
class Conflict:
    """`key` is the same for as long as it is the same conflict: whoever has accepted it is not asked again."""

    code: str
    key: str
    params: dict[str, Any]


Found = dict[UUID, list[Conflict]]


def find_conflicts(diary: Diary) -> Found:
    """Of every pending visit that has any, by its installation."""
    found: Found = {}
    for technician_id in {visit.technician_id for visit in diary.visits}:
        theirs = diary.of(technician_id)
        for visit, conflict in [*_of_hours(diary, theirs), *_of_pairs(theirs)]:
            if visit.pending:
                found.setdefault(visit.installation_id, []).append(conflict)
    return found


def in_the_past(visits: Iterable[Visit], at: datetime) -> Iterator[tuple[Visit, Conflict]]:
    """Only asked of what is being moved: what was not done in time is late, and shown as that."""
    for visit in visits:
        if visit.ends_at <= at:
            yield visit, Conflict("visit-in-the-past", f"past:{visit.installation_id}", {})


def _of_hours(diary: Diary, visits: Iterable[Visit]) -> Iterator[tuple[Visit, Conflict]]:
    for visit in visits:
        day = diary.day_of(visit.scheduled_at)
        technician = diary.names.get(visit.technician_id, "")
        hours = diary.hours(visit.technician_id, day)
        absence = diary.absence(visit.technician_id, day)
        key = f"{visit.technician_id}:{day}"
        if absence is not None:
            code = "technician-absent" if absence.technician_id else "company-closed"
            yield visit, Conflict(code, f"off:{key}", {"technician": technician, "reason": absence.reason or ""})
        elif not hours:
            yield visit, Conflict("day-not-worked", f"off:{key}", {"technician": technician})
        elif not any(begins <= visit.scheduled_at and visit.ends_at <= ends for begins, ends in hours):
            spans = [[begins.isoformat(), ends.isoformat()] for begins, ends in hours]
            yield visit, Conflict("outside-hours", f"hours:{key}", {"technician": technician, "hours": spans})


def _of_pairs(visits: list[Visit]) -> Iterator[tuple[Visit, Conflict]]:
    """`visits` of one technician, by time."""
    for position, visit in enumerate(visits):
        for later in visits[position + 1 :]:
            if later.scheduled_at >= visit.ends_at:
                break
            yield visit, _about("visit-overlaps", later, visit)
            yield later, _about("visit-overlaps", visit, later)
        if position + 1 < len(visits):
            yield from _of_the_way(visit, visits[position + 1])


def _of_the_way(visit: Visit, following: Visit) -> Iterator[tuple[Visit, Conflict]]:
    there = (following.scheduled_at - visit.ends_at).total_seconds() / 60
    needed = minutes_between(visit.place, following.place)
    if 0 <= there < needed:
        way = {"needed": needed, "kilometres": round(kilometres(visit.place, following.place) * DETOUR, 1)}
        yield visit, _about("way-too-long-after", following, visit, **way)
        yield following, _about("way-too-long-before", visit, following, **way)


def _about(code: str, other: Visit, own: Visit, **more: Any) -> Conflict:
    one, two = sorted(str(visit.installation_id) for visit in (other, own))
    params = {
        "number": other.number,
        "name": other.person,
        "starts_at": other.scheduled_at.isoformat(),
        "ends_at": other.ends_at.isoformat(),
    }
    return Conflict(code, f"{code}:{one}:{two}", params | more)
