"""The audit of a company read from where it is written: every service, the gateway, and what the system did itself.

Each is asked for the same stretch of time, and the answers are merged, newest first.
"""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import g
from sqlalchemy import select

from chassis import auditing
from chassis.storage import paginate
from chassis.storage.paging import cursor_of
from gateway import app, formats
from gateway.backends import EVERY_SERVICE
from gateway.model import TimelineEntry
from gateway.parts import part

SYSTEM = "system"
# What no command of a person does but what came of it: told by services when routers, papers and time had their say.
BY_THE_SYSTEM = (
    "AdjustmentFailed", "ContractActivated", "ContractEnded", "ContractPdfReady", "InstallationActivated",
    "InstallationActivationFailed", "NotificationFailed", "ProvisioningFailed", "ReconnectionDue", "RemovalDelayed",
    "ServiceAbandoned", "ServiceAdjusted", "ServiceEnded", "ServiceProvisioned", "ServiceReconnected", "ServiceRemoved",
    "ServiceSuspended", "SubscriptionClosed", "SubscriptionOpened", "SuspensionDue",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Trail:
    """`next` is what to pass as `after` for older rows; `away` the services that did not answer."""

    rows: list[dict[str, Any]]
    next: str | None
    away: list[str]


def read(filters: dict[str, Any], *, limit: int) -> Trail:
    """`filters`: person (or SYSTEM), subject, method, search, from_on, to_on, after."""
    asked = _asked(filters) | {"limit": limit + 1}
    by_people = filters["person"] != SYSTEM
    parts = [part(each.service, lambda each=each: each.audit(**asked)) for each in EVERY_SERVICE] if by_people else []
    found = [each.data["rows"] for each in parts if each.data]
    if by_people:
        found.append(_own(asked))
    found.append(_by_the_system(filters, asked))
    rows = list(heapq.merge(*found, key=lambda row: (row["at"], row["id"]), reverse=True))
    following = rows[limit - 1]["cursor"] if len(rows) > limit else None
    return Trail(rows[:limit], following, [each.service for each in parts if each.away])


def everything(filters: dict[str, Any], *, most: int, step: int = 150) -> Iterator[Trail]:
    """All that the filters find, in pieces; at most so many rows."""
    found, after = 0, None
    while found < most:
        trail = read({**filters, "after": after}, limit=min(step, most - found))
        yield trail
        found, after = found + len(trail.rows), trail.next
        if after is None:
            return


def _asked(filters: dict[str, Any]) -> dict[str, Any]:
    asked = {name: filters[name] for name in ("person", "subject", "method", "search", "after")}
    return asked | {"from_at": _midnight(filters["from_on"]), "to_at": _midnight(filters["to_on"], days_later=1)}


def _own(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What the gateway itself noted, in the shape in which services tell theirs."""
    with app.runtime().database.read(g.signed_in.company.id) as session:
        rows = auditing.find(session, **{**asked, "from_at": _at(asked["from_at"]), "to_at": _at(asked["to_at"])}).rows
        return [{**auditing.told(row), "at": row.at.isoformat(), "id": str(row.id)} for row in rows]


def _by_the_system(filters: dict[str, Any], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """From the timeline. It knows neither words nor commands: with those filters it has nothing to say."""
    if filters["person"] not in (None, SYSTEM) or filters["search"] or filters["method"]:
        return []
    statement = select(TimelineEntry).where(TimelineEntry.type.in_(BY_THE_SYSTEM))
    if filters["subject"]:
        statement = statement.where(TimelineEntry.about == filters["subject"])
    if asked["from_at"]:
        statement = statement.where(TimelineEntry.occurred_at >= _at(asked["from_at"]))
    if asked["to_at"]:
        statement = statement.where(TimelineEntry.occurred_at < _at(asked["to_at"]))
    order = [(TimelineEntry.occurred_at, "desc"), (TimelineEntry.id, "desc")]
    with app.runtime().database.read(g.signed_in.company.id) as session:
        page = paginate(session, statement, order=order, after=filters["after"], limit=asked["limit"])
        return [_system_row(entry) for entry in page.rows]


def _system_row(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "at": entry.occurred_at.isoformat(),
        "id": str(entry.id),
        "cursor": cursor_of([entry.occurred_at, entry.id]),
        "actor_kind": SYSTEM,
        "actor_name": None,
        "ip": None,
        "method": entry.type,
        "subject": entry.about,
        "changes": [],
        "entry": entry,
    }


def _midnight(day: str | None, days_later: int = 0) -> str | None:
    """Where the company's day begins; a day that is none filters nothing."""
    try:
        begins = date.fromisoformat(day or "") + timedelta(days=days_later)
    except ValueError:
        return None
    return datetime.combine(begins, time(), formats.time_zone()).isoformat()


def _at(moment: str | None) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None
