"""When somebody could come: the next times at which a technician works, is free, and can be there in time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.storage import find
from services.installations.agenda.diary import Diary, Span, Visit, read_diary
from services.installations.agenda.distance import Place, minutes_between
from services.installations.model import Zone

HORIZON = timedelta(days=21)
NOTICE = timedelta(minutes=30)
"""So long before it a visit can still be arranged."""
STEP = timedelta(minutes=15)
EACH = 3
"""So many proposals of one technician, on as many days."""
MOST = 6


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """`nearby`: how many visits the technician has in the zone that day already."""

    technician_id: UUID
    technician_name: str
    scheduled_at: datetime
    duration_minutes: int
    nearby: int


def propose_slots(
    session: Session,
    *,
    technician_id: UUID | None,
    zone_id: UUID | None,
    duration_minutes: int | None,
    latitude: Decimal | None,
    longitude: Decimal | None,
    installation_id: UUID | None,
    after: datetime | None,
    at: datetime,
) -> list[Slot]:
    """The soonest first, of one technician or of all; on one day those who are in the zone anyway come first.

    `installation_id` is what is being moved, and in nobody's way. `after`: not before that.
    """
    if zone_id is not None:
        find(session, Zone, zone_id)
    begin = max(at + NOTICE, after or at)
    only = None if technician_id is None else [technician_id]
    first_on = begin.date() - timedelta(days=1)
    diary = read_diary(session, first_on=first_on, last_on=(begin + HORIZON).date(), technician_ids=only)
    place = None if latitude is None or longitude is None else Place(float(latitude), float(longitude))
    minutes = duration_minutes or diary.visit_minutes
    others = [visit for visit in diary.visits if visit.installation_id != installation_id]
    slots = [
        Slot(who, name, moment, minutes, sum(visit.zone_id == zone_id for visit in there))
        for who, name in diary.names.items()
        for moment, there in _free_days(diary, who, others, begin, minutes, place)
    ]
    return sorted(slots, key=lambda slot: _rank(diary, slot))[:MOST]


def earliest(spans: Iterable[Span], busy: Iterable[Span], begin: datetime, minutes: int) -> datetime | None:
    """The first moment from `begin` on that is within one of `spans` for so long and touches none of `busy`."""
    length, taken = timedelta(minutes=minutes), sorted(busy)
    for opens, closes in spans:
        moment = rounded_up(max(opens, begin))
        for starts, ends in taken:
            if starts < moment + length and ends > moment:
                moment = rounded_up(ends)
        if moment + length <= closes:
            return moment
    return None


def rounded_up(moment: datetime) -> datetime:
    """To the next quarter of an hour, which is how people make appointments."""
    over = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % STEP
    return moment + (STEP - over if over else timedelta())


def busy_spans(visits: Iterable[Visit], place: Place | None) -> list[Span]:
    """When the visits keep somebody away from `place`, the way to it and back included."""
    spans = []
    for visit in visits:
        way = timedelta(minutes=minutes_between(visit.place, place))
        spans.append((visit.scheduled_at - way, visit.ends_at + way))
    return spans


def _free_days(
    diary: Diary, technician_id: UUID, visits: list[Visit], begin: datetime, minutes: int, place: Place | None
) -> Iterator[tuple[datetime, list[Visit]]]:
    """The first free moment of each of the next days that have one, with what else there is that day."""
    found = 0
    for day in diary.days():
        there = [v for v in visits if v.technician_id == technician_id and diary.day_of(v.scheduled_at) == day]
        moment = earliest(diary.worked(technician_id, day), busy_spans(there, place), begin, minutes)
        if moment is not None:
            yield moment, there
            found += 1
        if found == EACH:
            return


def _rank(diary: Diary, slot: Slot) -> tuple[Any, ...]:
    return diary.day_of(slot.scheduled_at), -min(slot.nearby, 1), slot.scheduled_at, slot.technician_name
