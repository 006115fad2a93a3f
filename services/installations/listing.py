"""The lists of installations and of clients: filtered, searched, and in the order that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from chassis.storage import Page, paginate, paginate_groups
from chassis.storage.days import between, days_of
from chassis.storage.searching import matches, searchable
from services.installations.model import PENDING, STATES, Installation, Plan, Router, Staff, Zone
from services.installations.projections import company_of

_Way = Literal["asc", "desc"]

# What a list may be ordered by: a column, or what its rows belong to, by its name.
_COLUMNS: dict[str, Any] = {
    "number": Installation.number,
    "person": Installation.sort_name,
    "scheduled_at": Installation.scheduled_at,
    "created_at": Installation.created_at,
    "activated_at": Installation.activated_at,
    "client_number": Installation.client_number,
    "city": Installation.city_key,
    "ip": Installation.ip_number,
}
_GROUPS: dict[str, tuple[Any, Callable[[Session], list[Any]]]] = {
    "state": (Installation.state, lambda _: list(STATES)),
    "zone": (Installation.zone_id, lambda session: _by_name(session, Zone)),
    "router": (Installation.router_id, lambda session: _by_name(session, Router)),
    "plan": (Installation.plan_id, lambda session: _by_name(session, Plan)),
    "technician": (Installation.technician_id, lambda session: _by_name(session, Staff)),
}


def list_installations(
    session: Session,
    *,
    states: list[str],
    dates: str,
    from_on: date | None,
    to_on: date | None,
    number: int | None,
    sort: str,
    after: str | None,
    before: str | None,
    limit: int,
    **narrowed: Any,
) -> Page:
    """Without states, what is neither active nor cancelled. `dates` says which date is from `from_on` to `to_on`;
    days are the company's."""
    statement = _narrowed(rows(), **narrowed).where(Installation.state.in_(states or PENDING))
    if number is not None:
        statement = statement.where(Installation.number == number)
    statement = between(statement, getattr(Installation, dates), from_on, to_on, time_zone(session))
    return _page(session, statement, sort=sort, after=after, before=before, limit=limit)


def list_clients(
    session: Session,
    *,
    month: str | None,
    day: date | None,
    from_on: date | None,
    to_on: date | None,
    number: int | None,
    sort: str,
    after: str | None,
    before: str | None,
    limit: int,
    **narrowed: Any,
) -> Page:
    """`number` is the client's. All dates are of the activation, `month` is 2026-11; days are the company's."""
    statement = _narrowed(rows(), **narrowed).where(Installation.activated_at.is_not(None))
    if number is not None:
        statement = statement.where(Installation.client_number == number)
    for first, last in ((from_on, to_on), (day, day), days_of(month) if month else (None, None)):
        statement = between(statement, Installation.activated_at, first, last, time_zone(session))
    return _page(session, statement, sort=sort, after=after, before=before, limit=limit)


def rows() -> Select[tuple[Installation]]:
    """Installations with all that a list shows of them."""
    return select(Installation).options(
        joinedload(Installation.zone),
        joinedload(Installation.plan),
        joinedload(Installation.router),
        joinedload(Installation.technician),
        joinedload(Installation.sector),
    )


def time_zone(session: Session) -> ZoneInfo:
    return ZoneInfo(company_of(session).time_zone)


def _narrowed(statement: Select[Any], *, search: str | None, city: str | None, **same: UUID | None) -> Select[Any]:
    """`same`: columns that must have this value, where one is given."""
    if search:
        statement = statement.where(matches(Installation.search_text, search))
    if city:
        statement = statement.where(Installation.city_key == searchable(city))
    return statement.where(*(getattr(Installation, name) == value for name, value in same.items() if value))


def _page(session: Session, statement: Select[Any], *, sort: str, **paging: Any) -> Page:
    """`sort` is a name of the above, with a minus before it for the last one first."""
    name, way = sort.removeprefix("-"), _way(sort)
    if name in _GROUPS:
        column, groups = _GROUPS[name]
        return paginate_groups(
            session, statement, by=column, groups=groups(session), way=way, then=Installation.id, **paging
        )
    return paginate(session, statement, order=[(_COLUMNS[name], way), (Installation.id, way)], **paging)


def _way(sort: str) -> _Way:
    return "desc" if sort.startswith("-") else "asc"


def _by_name(session: Session, model: type[Any]) -> list[UUID]:
    """All of the company's, as people would look them up."""
    named = session.execute(select(model.id, model.name)).all()
    return [each.id for each in sorted(named, key=lambda each: (searchable(each.name), each.id))]
