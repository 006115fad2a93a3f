"""The list of requests: filtered, searched, and in the order that was asked for."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.storage import Page, paginate, paginate_groups
from chassis.storage.days import between
from chassis.storage.searching import matches, searchable
from services.preinstall import recognising
from services.preinstall.model import STATES, Request
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
    **paging: Any,
) -> Page:
    """`from_on` and `to_on` are of the day when it was sent, as the company counts days. `sort` is the name of what the
    list is ordered by, with a minus before it for the last one first."""
    statement = between(select(Request), Request.submitted_at, from_on, to_on, ZoneInfo(company_of(session).time_zone))
    if state:
        statement = statement.where(Request.state == state)
    if search:
        statement = statement.where(matches(Request.search_text, search))
    if city:
        statement = statement.where(Request.city_key == searchable(city))
    if source:
        statement = statement.where(Request.source_key == searchable(source))
    if duplicated:
        statement = statement.where(recognising.has_duplicates())
    page = _page(session, statement, sort, **paging)
    recognising.mark_duplicated(session, page.rows)
    return page


def _page(session: Session, statement: Any, sort: str, **paging: Any) -> Page:
    way: Literal["asc", "desc"] = "desc" if sort.startswith("-") else "asc"
    name = sort.removeprefix("-")
    if name == "state":
        return paginate_groups(session, statement, by=Request.state, groups=STATES, way=way, then=Request.id, **paging)
    return paginate(session, statement, order=[(_COLUMNS[name], way), (Request.id, way)], **paging)
