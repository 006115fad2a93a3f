"""A client leaves: planned for a day or now, off the router, and only then no client any more.

The router's word ends it. Until it comes the client stays among the clients, with why it takes so long; a router that
is off is asked until it answers, one that refuses is asked again when staff say so, and staff may call it all off.
Only a router that was taken out of use is not waited for, where staff say so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.outbox import announce
from chassis.schemas import coded
from chassis.storage import find
from events.installations import (
    IMPORT_UNDONE,
    ServiceEnded,
    ServiceEndPlanned,
    ServiceEndRequested,
    ServiceEndWithdrawn,
)
from events.provisioning import AdjustmentFailed, RemovalDelayed, ServiceAbandoned, ServiceRemoved
from services.installations.errors import FormRefused
from services.installations.model import ACTIVE, Installation
from services.installations.projections import company_of
from services.installations.telling import told

REMOVE = "remove"
FARTHEST = timedelta(days=366)


def end(
    session: Session,
    *,
    installation_id: UUID,
    ends_on: date | None,
    reason: str,
    note: str | None,
    without_router: bool = False,
    at: datetime,
) -> Installation:
    """Today's end, or one of no day, is asked of the router now; a later one when that day is over.

    `without_router`: of one that is out of use no answer is waited for.

    Raises `IllegalInstallationMove`, and `FormRefused` for a day that is over or too far away.
    """
    installation = find(session, Installation, installation_id, lock=True)
    today = _today(session, at)
    last = ends_on or today
    if not today <= last <= today + FARTHEST:
        raise FormRefused(fields={"ends_on": coded("day-is-over" if last < today else "day-too-far")})
    if last > today:
        installation.plan_end(last, reason, note, without_router=without_router)
        planned = ServiceEndPlanned(**_briefly(installation), ends_on=last, reason_code=reason)
        announce(session, planned, entity_version=installation.version)
    else:
        installation.begin_end(last, reason, note, without_router=without_router)
        _ask(session, installation)
    return installation


def take_back(session: Session, installation: Installation, at: datetime) -> None:
    """The import that made the client is undone: what was on the router before Alta stays there."""
    installation.begin_end(_today(session, at), IMPORT_UNDONE, None, without_router=False)
    _ask(session, installation)


def end_again(session: Session, *, installation_id: UUID) -> Installation:
    """The router is asked once more. Raises `IllegalInstallationMove`."""
    return _end_again(session, installation_id, without_router=False)


def end_without_router(session: Session, *, installation_id: UUID) -> Installation:
    """If it is out of use it is not waited for any longer. Raises `IllegalInstallationMove`."""
    return _end_again(session, installation_id, without_router=True)


def _end_again(session: Session, installation_id: UUID, *, without_router: bool) -> Installation:
    installation = find(session, Installation, installation_id, lock=True)
    installation.end_again(without_router=without_router)
    _ask(session, installation)
    return installation


def keep(session: Session, *, installation_id: UUID) -> Installation:
    """The client stays, on the router as before. Raises `IllegalInstallationMove`."""
    installation = find(session, Installation, installation_id, lock=True)
    installation.keep()
    kept = ServiceEndWithdrawn(**told(session, installation), client_number=installation.client_number)
    announce(session, kept, entity_version=installation.version)
    return installation


def due(session: Session, *, at: datetime) -> list[Installation]:
    """The clients, of every company, whose last day may be over: days begin first at the date line."""
    latest = (at + timedelta(hours=14)).date()
    planned = select(Installation).where(Installation.state == ACTIVE, Installation.ends_on < latest)
    return list(session.scalars(planned))


def end_due(session: Session, *, installation_id: UUID, at: datetime) -> None:
    """What was planned is asked of the router, when the last day is over where the company is."""
    installation = find(session, Installation, installation_id, lock=True)
    planned = installation.ends_on if installation.state == ACTIVE else None
    if planned is None or installation.end_reason is None or planned >= _today(session, at):
        return
    wish = (planned, installation.end_reason, installation.end_note)
    installation.begin_end(*wish, without_router=installation.without_router)
    _ask(session, installation)


# What the router said.


def removed(session: Session, event: ServiceRemoved) -> None:
    """Nothing is on the router any more: the client is none. A word on an older wish changes nothing."""
    _end(session, event, at=event.removed_at, without_router=False)


def abandoned(session: Session, event: ServiceAbandoned) -> None:
    """The router is out of use, and staff did not want to wait for it: the client is none."""
    _end(session, event, at=event.abandoned_at, without_router=True)


def not_removed(session: Session, event: RemovalDelayed | AdjustmentFailed) -> None:
    """It takes longer, or the router refuses: staff see why."""
    installation = find(session, Installation, event.installation_id, lock=True)
    if installation.awaits_removal(event.asked_version) and installation.is_news(event.meta.entity_version):
        installation.removal_waits(event.reason_code, event.reason_params)


# Parts of the above.


def _end(session: Session, event: ServiceRemoved | ServiceAbandoned, *, at: datetime, without_router: bool) -> None:
    installation = find(session, Installation, event.installation_id, lock=True)
    if not installation.awaits_removal(event.asked_version):
        return
    installation.end(at, without_router=without_router)
    ended = ServiceEnded(
        **told(session, installation) | {"quiet": installation.end_reason == IMPORT_UNDONE},
        client_number=installation.client_number,
        ends_on=installation.ends_on,
        ended_at=at,
        reason_code=installation.end_reason,
        left_on_router=without_router,
    )
    announce(session, ended, entity_version=installation.version)


def _ask(session: Session, installation: Installation) -> None:
    requested = ServiceEndRequested(
        **_briefly(installation),
        ends_on=installation.ends_on,
        reason_code=installation.end_reason,
        release=installation.end_reason == IMPORT_UNDONE,
        without_router=installation.without_router,
    )
    announce(session, requested, entity_version=installation.version)


def _briefly(installation: Installation) -> dict[str, Any]:
    return {"installation_id": installation.id, "client_number": installation.client_number}


def _today(session: Session, at: datetime) -> date:
    return at.astimezone(ZoneInfo(company_of(session).time_zone)).date()
