"""What technicians do at the client's, told when their phone has signal again: perhaps hours later, after the office
has changed something, and perhaps from two phones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from chassis.outbox import announce
from chassis.schemas import coded
from chassis.secrets import Keyring
from chassis.storage import find
from events.installations import InstallationChanged
from services.installations import wifi
from services.installations.changing import tell_service
from services.installations.errors import FormRefused
from services.installations.model import ACTIVE, CURRENT, NEW, OVER, PENDING, Installation
from services.installations.projections import company_of
from services.installations.telling import told

DAYS_SHOWN = 7
MOST_VISITS = 100


def visits(session: Session, *, technician_id: UUID, at: datetime) -> dict[str, Any]:
    """A technician's jobs in order: what is overdue, today's whatever became of them, and the week's that follow."""
    zone = ZoneInfo(company_of(session).time_zone)
    today = at.astimezone(zone).date()
    begins, ends, far = (_midnight(today + timedelta(days=days), zone) for days in (0, 1, DAYS_SHOWN))
    pending = and_(Installation.state.in_(PENDING), Installation.scheduled_at < far)
    over = Installation.state.in_([*CURRENT, *OVER])
    ended = and_(over, Installation.scheduled_at >= begins, Installation.scheduled_at < ends)
    statement = _rows().where(Installation.technician_id == technician_id, or_(pending, ended))
    found = session.scalars(statement.order_by(Installation.scheduled_at, Installation.id).limit(MOST_VISITS))
    return {"today": today, "rows": list(found)}


def _rows() -> Select[tuple[Installation]]:
    names = (Installation.zone, Installation.plan, Installation.router, Installation.technician, Installation.sector)
    return select(Installation).options(*map(joinedload, names))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def begin(session: Session, *, installation_id: UUID) -> Installation:
    """The technician is at work. When somebody has begun it already, that is what was wanted.

    Raises `IllegalInstallationMove` for one that is over.
    """
    installation = find(session, Installation, installation_id, lock=True)
    if installation.state in (NEW, *OVER):
        installation.start()
        announce(session, InstallationChanged(**told(session, installation)), entity_version=installation.version)
    return installation


def correct(
    session: Session,
    *,
    keyring: Keyring,
    installation_id: UUID,
    changes: dict[str, dict[str, Any]],
    wifi_password: str | None,
) -> Installation:
    """Changes single fields, `{name: {before, after}}`, without overwriting what the office wrote meanwhile.

    Raises `FormRefused` with what is there now, for each field that is neither as it was nor as it should be,
    and `IllegalInstallationMove`.
    """
    installation = find(session, Installation, installation_id, lock=True)
    installation.may_change(None)
    _must_be_as_they_were(installation, changes)
    wanted = {name: change["after"] for name, change in changes.items()}
    changed = {name for name, value in wanted.items() if getattr(installation, name) != value}
    for name in changed:
        setattr(installation, name, wanted[name])
    if changed or wifi_password:
        wifi.keep_password(installation, keyring, wifi_password)
        _tell(session, installation, on_the_router="mac_address" in changed)
    return installation


def locate(session: Session, *, installation_id: UUID, latitude: Decimal, longitude: Decimal) -> Installation:
    """Whoever stands there knows better than a map. Raises `IllegalInstallationMove`."""
    installation = find(session, Installation, installation_id, lock=True)
    installation.may_change(None)
    if (installation.latitude, installation.longitude) != (latitude, longitude):
        installation.latitude, installation.longitude = latitude, longitude
        _tell(session, installation, on_the_router=False)
    return installation


def _must_be_as_they_were(installation: Installation, changes: dict[str, dict[str, Any]]) -> None:
    wrong = {}
    for name, change in changes.items():
        now = getattr(installation, name)
        if now not in (change["before"], change["after"]):
            wrong[name] = coded("changed-at-the-office", value=now or "")
    if wrong:
        raise FormRefused(fields=wrong)


def _tell(session: Session, installation: Installation, *, on_the_router: bool) -> None:
    installation.changed()
    installation.index()
    session.flush()
    if installation.state == ACTIVE and on_the_router:
        tell_service(session, installation)
    else:
        announce(session, InstallationChanged(**told(session, installation)), entity_version=installation.version)
