"""The lists of installations and of clients: filtered, searched, and in the order that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis.storage import Page, paginate, paginate_groups
from chassis.storage.days import between, days_of
from chassis.storage.finding import Narrowed, Search
from chassis.storage.grouping import ByName, Groups, InThisOrder
from chassis.storage.line_order import AT, SORT_NAME
from chassis.storage.searching import searchable
from chassis.storage.tallies import tallied
from chassis.storage.words import wanted as words_of
from services.installations.model import (
    ACTIVE,
    CANCELLED,
    CANCELLED_ONES,
    CLIENTS,
    CURRENT,
    ENDED,
    ENDED_ONES,
    ENDING,
    PENDING,
    PENDING_ONES,
    STATES,
    ChoiceRevision,
    Installation,
    InstallationTally,
    InstallationWord,
    Plan,
    Router,
    Sector,
    Staff,
    Zone,
)
from services.installations.projections import company_of

# What a list may be ordered by: a column, or what its rows belong to, by its name.
_COLUMNS: dict[str, Any] = {
    "number": Installation.number,
    "person": Installation.sort_name,
    "scheduled_at": Installation.scheduled_at,
    "created_at": Installation.created_at,
    "activated_at": Installation.activated_at,
    "ended_at": Installation.ended_at,
    "client_number": Installation.client_number,
    "city": Installation.city_key,
    "ip": Installation.ip_number,
}
_GROUPS: dict[str, tuple[Any, Groups]] = {
    "state": (Installation.state, InThisOrder(STATES)),
    "zone": (Installation.zone_id, ByName(Zone)),
    "router": (Installation.router_id, ByName(Router)),
    "plan": (Installation.plan_id, ByName(Plan)),
    "technician": (Installation.technician_id, ByName(Staff)),
}
_PLAIN = (
    "number", "client_number", "activated_at", "state", "version", "first_name", "last_name", "official_id", "phone",
    "second_phone", "email", "address", "neighbourhood", "city", "postal_code", "scheduled_at", "duration_minutes",
    "created_at", "zone_id", "router_id", "plan_id", "sector_id", "technician_id", "service_name", "ip_address",
    "mac_address", "wifi_ssid", "installation_cost_minor", "currency", "comments", "failure_code", "failure_params",
    "cancel_reason", "ends_on", "end_reason", "end_note", "ended_at",
)  # fmt: skip
# Names are looked up for the rows of a page, not joined: of a join PostgreSQL would think longer than it takes.
_SHOWN: dict[str, Any] = {
    "installation_id": Installation.id,
    **{name: getattr(Installation, name) for name in _PLAIN},
    **{
        f"{kind}_name": select(model.name).where(model.id == getattr(Installation, f"{kind}_id")).scalar_subquery()
        for kind, model in (
            ("zone", Zone),
            ("router", Router),
            ("plan", Plan),
            ("technician", Staff),
            ("sector", Sector),
        )
    },
}
_IDENTITY = ("installation_id", "number")
# Beside the rows of a screen: it costs nothing there, and a question of its own otherwise.
CHOICES_REVISION = "choices_revision"
_BESIDE = {CHOICES_REVISION: select(ChoiceRevision.revision).scalar_subquery()}
Days = list[tuple[date | None, date | None]]

_SECTIONS = {ACTIVE: CLIENTS, ENDING: CLIENTS, ENDED: ENDED_ONES, CANCELLED: CANCELLED_ONES}
# The states of a list of clients that is whole parts of what is searched.
_WHOLE_CLIENTS = ({*CURRENT}, {ENDED}, {*CURRENT, ENDED})
# The states of a section that is listed in the order of the agenda.
_AGENDAS = ({*PENDING}, {CANCELLED})


def list_installations(
    session: Session,
    *,
    states: list[str],
    number: int | None,
    dates: str,
    from_on: date | None,
    to_on: date | None,
    search: str | None,
    failed: bool,
    sort: str,
    city: str | None,
    after: str | None,
    before: str | None,
    limit: int,
    wanted: Sequence[str] = (),
    **same: UUID | None,
) -> Page:
    """Without states, what is neither active nor cancelled. `dates` says which date is from `from_on` to `to_on`; days
    are the company's. `failed`: only what could not be activated. `same`: columns that must have this value, where one
    is given."""
    states = states or list(PENDING)
    same |= {"number": number, "city_key": searchable(city) or None}
    statement = _narrowed(rows(*sorted(wanted)).where(Installation.state.in_(states)), same)
    days = [(from_on, to_on)] if from_on or to_on else []
    statement = _on(session, statement, getattr(Installation, dates), days)
    if failed:
        statement = statement.where(Installation.failure_code.is_not(None))
    whole = {*states} in _AGENDAS and not any((from_on, to_on, failed, *same.values()))
    agenda = not {*states} & {*CURRENT, ENDED} and dates == "scheduled_at"
    found = _search(session, search, {_SECTIONS.get(state, PENDING_ONES) for state in states}, days if agenda else [])
    usual = Installation.scheduled_at
    return _page(session, statement, found, whole, usual, sort, after=after, before=before, limit=limit)


def list_clients(
    session: Session,
    *,
    states: list[str],
    number: int | None,
    dates: str,
    month: str | None,
    day: date | None,
    from_on: date | None,
    to_on: date | None,
    search: str | None,
    sort: str,
    city: str | None,
    after: str | None,
    before: str | None,
    limit: int,
    wanted: Sequence[str] = (),
    **same: UUID | None,
) -> Page:
    """Without states, who has not left. `number` is the client's. `dates` says of which date all days are, that of the
    activation or of the end; `month` is 2026-11, days are the company's."""
    states = states or list(CURRENT)
    same |= {"client_number": number, "city_key": searchable(city) or None}
    clients = Installation.activated_at.is_not(None), *_among_clients(states)
    statement = _narrowed(rows(*sorted(wanted)).where(*clients), same)
    days = [(from_on, to_on), (day, day), days_of(month) if month else (None, None)]
    days = [each for each in days if any(each)]
    statement = _on(session, statement, getattr(Installation, dates), days)
    whole = not days and not any(same.values()) and {*states} in _WHOLE_CLIENTS
    sections = {_SECTIONS[state] for state in states}
    found = _search(session, search, sections, days if dates == "activated_at" else [])
    usual = Installation.activated_at
    return _page(session, statement, found, whole, usual, sort, after=after, before=before, limit=limit)


def _among_clients(states: list[str]) -> list[Any]:
    """Most have not left: said by what they are not, that is no reason to leave the order of the list's index."""
    if {*states} == {*CURRENT}:
        return [Installation.state != ENDED]
    return [] if {*states} == {*CURRENT, ENDED} else [Installation.state.in_(states)]


def totals(session: Session) -> dict[str, int]:
    """How many installations there are of each state; clients are active or ending."""
    return dict.fromkeys(STATES, 0) | tallied(session, InstallationTally)


@lru_cache(maxsize=1000)
def rows(*wanted: str) -> Select[Any]:
    """What a list shows of each installation, by the names of `InstallationRow`; all of it when nothing is `wanted`.
    Columns and not entities: those take several times as long to make."""
    columns = {name: _SHOWN[name] for name in _SHOWN if not wanted or name in wanted or name in _IDENTITY}
    columns |= {name: _BESIDE[name] for name in _BESIDE if name in wanted}
    return select(*(column.label(name) for name, column in columns.items()))


def time_zone(session: Session) -> ZoneInfo:
    return ZoneInfo(company_of(session).time_zone)


def _narrowed(statement: Select[Any], same: dict[str, Any]) -> Select[Any]:
    return statement.where(*(getattr(Installation, name) == value for name, value in same.items() if value is not None))


def _on(session: Session, statement: Select[Any], column: Any, days: Days) -> Select[Any]:
    for first, last in days:
        statement = between(statement, column, first, last, time_zone(session))
    return statement


def _search(session: Session, search: str | None, sections: set[str], days: Days) -> Search | None:
    """`days` are those on which the words' rows are listed."""
    if not search:
        return None
    dated = _on(session, select(InstallationWord.id), InstallationWord.at, days).whereclause
    return Search(
        model=Installation,
        lines=InstallationWord,
        sections=sorted(sections),
        words=words_of(search),
        dated=() if dated is None else (dated,),
    )


def _page(
    session: Session, statement: Select[Any], search: Search | None, whole: bool, usual: Any, sort: str, **paging: Any
) -> Page:
    """`sort` is a name of the above, with a minus before it for the last one first; `usual` is the column that such a
    list is ordered by when nothing else is asked for. `whole`: nothing but the search narrows it."""
    name = sort.removeprefix("-")
    way: Literal["asc", "desc"] = "desc" if sort.startswith("-") else "asc"
    own_order = {usual: AT, Installation.sort_name: SORT_NAME}.get(_COLUMNS.get(name)) if whole else None
    # Of present and past clients alone the indexes of zones, plans and the like are in the list's order.
    by_groups = name in _GROUPS and name != "state" and usual is Installation.activated_at
    narrowed = Narrowed(statement)
    if search and not own_order:
        narrowed = search.narrowed(session, statement, by_groups=by_groups)
    statement = narrowed.statement
    if name in _GROUPS:
        column, groups = _GROUPS[name]
        then = (usual, Installation.id)
        found: dict[str, Any] = {"little": narrowed.little, "ids": narrowed.ids}
        return paginate_groups(session, statement, by=column, groups=groups, way=way, then=then, **found, **paging)
    order = [(_COLUMNS[name], way), (Installation.id, way)]
    if search and own_order:
        return search.page(session, statement, order, by=own_order, **paging)
    return paginate(session, statement, order=order, **paging)
