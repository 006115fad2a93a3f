"""The list of requests: filtered, searched, and in the order that was asked for."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.storage import Page, paginate, paginate_groups
from chassis.storage.days import between
from chassis.storage.finding import Search
from chassis.storage.grouping import InThisOrder
from chassis.storage.line_order import AT, SORT_NAME
from chassis.storage.searching import searchable
from chassis.storage.words import wanted
from services.preinstall import recognising
from services.preinstall.model import STATES, KnownInstallation, Request, RequestWord
from services.preinstall.projections import company_of

_COLUMNS: dict[str, Any] = {
    "submitted_at": Request.submitted_at,
    "person": Request.sort_name,
    "city": Request.city_key,
    "source": Request.source_key,
}


def list_requests(
    session: Session,
    *,
    state: str | None,
    search: str | None,
    city: str | None,
    source: str | None,
    duplicated: bool,
    from_on: date | None,
    to_on: date | None,
    sort: str,
    flagged: bool = False,
    unsourced: bool = False,
    clients: bool = False,
    **paging: Any,
) -> Page:
    """`from_on` and `to_on` are of the day when it was sent, as the company counts days. `sort` is the name of what the
    list is ordered by, with a minus before it for the last one first."""
    statement = between(select(Request), Request.submitted_at, from_on, to_on, ZoneInfo(company_of(session).time_zone))
    if state:
        statement = statement.where(Request.state == state)
    if flagged:
        statement = statement.where(Request.flag_note.is_not(None))
    if city:
        statement = statement.where(Request.city_key == searchable(city))
    if source or unsourced:
        statement = statement.where(Request.source_key == searchable(source))
    if clients:
        statement = statement.where(_became_client())
    if duplicated:
        statement = statement.where(Request.alike)
    found = None
    if search:
        sections = [state] if state else STATES
        found = Search(model=Request, lines=RequestWord, sections=sections, words=wanted(search))
    whole = not any((city, source, unsourced, clients, duplicated, flagged, from_on, to_on))
    page = _page(session, statement, found, whole, sort, **paging)
    recognising.mark_duplicated(session, page.rows)
    return page


def _became_client() -> Any:
    theirs = KnownInstallation.id == Request.installation_id
    return select(KnownInstallation.id).where(theirs, KnownInstallation.state.in_(recognising.BECAME_CLIENTS)).exists()


def _page(session: Session, statement: Any, search: Search | None, whole: bool, sort: str, **paging: Any) -> Page:
    """`whole`: nothing but the search and the state narrows it."""
    way: Literal["asc", "desc"] = "desc" if sort.startswith("-") else "asc"
    name = sort.removeprefix("-")
    own_order = {"submitted_at": AT, "person": SORT_NAME}.get(name) if whole else None
    if search and not own_order:
        statement = search.narrowed(session, statement).statement
    if name == "state":
        return paginate_groups(
            session,
            statement,
            by=Request.state,
            groups=InThisOrder(STATES),
            way=way,
            then=(Request.submitted_at, Request.id),
            **paging,
        )
    columns = [_COLUMNS[name], *([Request.submitted_at] if name == "source" else []), Request.id]
    order = [(column, way) for column in columns]
    if search and own_order:
        return search.page(session, statement, order, by=own_order, **paging)
    return paginate(session, statement, order=order, **paging)
