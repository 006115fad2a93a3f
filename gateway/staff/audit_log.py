"""Who changed what, in every service, newest first. The owner's room."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from sqlalchemy import select

from chassis import auditing
from gateway import app, audit_words, formats, roles
from gateway.backends import EVERY_SERVICE
from gateway.model import StaffAccount
from gateway.parts import part

blueprint = Blueprint("audit_log", __name__, url_prefix="/auditoria")

PAGE = 50
# The rows whose subject is an installation, and those that have a page of their own.
_OF_INSTALLATIONS = frozenset(
    {"installations", "accounts", "contracts", "files", "clients", "invoices", "subscriptions"}
)
_PAGES = {"requests": ("requests.show", "request_id"), "routers": ("routers.show", "router_id")}


@blueprint.get("/")
@roles.allowed(roles.OWNERS)
def index() -> Any:
    names = ("person", "subject", "search", "from_on", "to_on", "after")
    filters = {name: request.args.get(name, "").strip() or None for name in names}
    asked = _asked(filters)
    parts = [part(each.service, lambda each=each: each.audit(**asked)) for each in EVERY_SERVICE]
    found = [_own(filters), *(each.data["rows"] for each in parts if each.data)]
    rows = list(_newest(found))
    return render_template(
        "audit_log/index.html",
        rows=rows[:PAGE],
        next=rows[PAGE - 1]["cursor"] if len(rows) > PAGE else None,
        filters=filters,
        people=_people(),
        away=[each.service for each in parts if each.away],
        words=audit_words,
        page_of=_page_of,
    )


def _newest(sources: Iterable[list[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    return heapq.merge(*sources, key=lambda row: (row["at"], row["id"]), reverse=True)


def _own(filters: dict[str, Any]) -> list[dict[str, Any]]:
    """What the gateway itself noted, in the shape in which services tell theirs."""
    asked = _asked(filters)
    for name in ("from_at", "to_at"):
        asked[name] = datetime.fromisoformat(asked[name]) if asked[name] else None
    with app.runtime().database.read(g.signed_in.company.id) as session:
        rows = auditing.find(session, **asked).rows
        return [{**auditing.told(row), "at": row.at.isoformat(), "id": str(row.id)} for row in rows]


def _asked(filters: dict[str, Any]) -> dict[str, Any]:
    asked = {name: filters[name] for name in ("person", "subject", "search", "after")}
    return asked | {
        "from_at": _midnight(filters["from_on"]),
        "to_at": _midnight(filters["to_on"], days_later=1),
        "limit": PAGE + 1,
    }


def _midnight(day: str | None, days_later: int = 0) -> str | None:
    """Where the company's day begins; a day that is none filters nothing."""
    try:
        begins = date.fromisoformat(day or "") + timedelta(days=days_later)
    except ValueError:
        return None
    return datetime.combine(begins, time(), formats.time_zone()).isoformat()


def _people() -> list[StaffAccount]:
    with app.runtime().database.read(g.signed_in.company.id) as session:
        return list(session.scalars(select(StaffAccount).order_by(StaffAccount.name)))


def _page_of(row: dict[str, Any]) -> str | None:
    """Where what the row is about can be looked at."""
    tables = {change["table"] for change in row["changes"]}
    if not row["subject"]:
        return None
    for table, (endpoint, name) in _PAGES.items():
        if table in tables and row["method"].startswith(("preinstall.", "provisioning.save_router")):
            return url_for(endpoint, **{name: row["subject"]})
    if tables & _OF_INSTALLATIONS:
        return url_for("installations.show", installation_id=row["subject"])
    return None
