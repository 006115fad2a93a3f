"""Giving visits another time, another technician or another length."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.schemas import coded
from chassis.storage import find
from events.installations import InstallationChanged
from services.installations.agenda.conflicts import Conflict, find_conflicts, in_the_past
from services.installations.agenda.diary import a_visit, read_diary
from services.installations.checking import own_technician
from services.installations.errors import VisitConflicts
from services.installations.model import Installation, Staff
from services.installations.projections import company_of
from services.installations.telling import told


def reschedule(
    session: Session, *, moves: list[dict[str, Any]], despite: Collection[str], at: datetime
) -> list[Installation]:
    """All of them or none. Each of `moves` names an installation, the version it was seen in, and what it should be.

    Raises `VisitConflicts` for what is wrong with the new times and not among `despite`, the keys of the conflicts that
    somebody has seen and accepted; `ChangedMeanwhile`, `IllegalInstallationMove`, `FormRefused`.
    """
    lock_technicians(session, {move["technician_id"] for move in moves})
    moved = []
    # In one order everywhere, so that two who move the same visits wait for each other.
    for move in sorted(moves, key=lambda one: one["installation_id"].int):
        installation = find(session, Installation, move.pop("installation_id"), lock=True)
        before = installation.scheduled_at
        own_technician(session, installation, move["technician_id"])
        if installation.reschedule(**move):
            moved.append((installation, before))
    session.flush()
    must_be_known(session, [installation for installation, _ in moved], despite=despite, at=at)
    for installation, before in moved:
        tell_rescheduled(session, installation, before)
    return [installation for installation, _ in moved]


def tell_rescheduled(session: Session, installation: Installation, before: datetime) -> None:
    """`before`: when it was; told only when that became another time."""
    moved_from = before if before != installation.scheduled_at else None
    changed = InstallationChanged(**told(session, installation), rescheduled_from=moved_from)
    announce(session, changed, entity_version=installation.version)


def must_be_known(
    session: Session, installations: Iterable[Installation], *, despite: Collection[str], at: datetime
) -> None:
    """Raises `VisitConflicts` when one of them, as it is now in the database, has a conflict that nobody accepted."""
    unknown = [conflict for conflict in conflicts_of(session, installations, at) if conflict.key not in despite]
    if unknown:
        raise VisitConflicts(fields={"scheduled_at": [complaint(conflict) for conflict in unknown]})


def conflicts_of(session: Session, installations: Iterable[Installation], at: datetime) -> list[Conflict]:
    """Each once, though two of the visits may have it with each other."""
    installations = list(installations)
    if not installations:
        return []
    zone = ZoneInfo(company_of(session).time_zone)
    days = [installation.scheduled_at.astimezone(zone).date() for installation in installations]
    technicians = {installation.technician_id for installation in installations}
    diary = read_diary(session, first_on=min(days), last_on=max(days), technician_ids=technicians)
    found, ids = find_conflicts(diary), {installation.id for installation in installations}
    past = in_the_past((visit for visit in diary.visits if visit.installation_id in ids), at)
    every = [*(conflict for one in ids for conflict in found.get(one, [])), *(conflict for _, conflict in past)]
    return list({conflict.key: conflict for conflict in every}.values())


def check(
    session: Session,
    *,
    installation_id: UUID | None,
    technician_id: UUID,
    scheduled_at: datetime,
    duration_minutes: int | None,
    latitude: Decimal | None,
    longitude: Decimal | None,
    at: datetime,
) -> list[Conflict]:
    """What would be wrong with a visit that is not on the agenda yet, or not like that. Its keys are those that
    `must_be_known` would have."""
    zone = ZoneInfo(company_of(session).time_zone)
    day = scheduled_at.astimezone(zone).date()
    diary = read_diary(session, first_on=day, last_on=day, technician_ids=[technician_id])
    visit = a_visit(
        installation_id=installation_id or new_id(),
        technician_id=technician_id,
        scheduled_at=scheduled_at,
        duration_minutes=duration_minutes or diary.visit_minutes,
        latitude=latitude,
        longitude=longitude,
    )
    others = [one for one in diary.visits if one.installation_id != visit.installation_id]
    planned = dataclasses.replace(diary, visits=sorted([*others, visit], key=lambda one: one.scheduled_at))
    found = find_conflicts(planned).get(visit.installation_id, [])
    return [*found, *(conflict for _, conflict in in_the_past([visit], at))]


def complaint(conflict: Conflict) -> dict[str, Any]:
    return coded(conflict.code, conflict=conflict.key, **conflict.params)[0]


def lock_technicians(session: Session, technician_ids: Iterable[UUID]) -> None:
    """Of two who give one technician something at the same time, the second sees what the first did."""
    for technician_id in sorted(technician_ids, key=lambda one: one.int):
        session.get(Staff, technician_id, with_for_update=True)
