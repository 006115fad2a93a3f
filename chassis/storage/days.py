"""Days and months as a company counts them: from midnight to midnight in its own time zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select


def between(statement: Select[Any], column: Any, first: date | None, last: date | None, zone: ZoneInfo) -> Select[Any]:
    """Only what happened on the days from `first` to `last`, both included."""
    if first:
        statement = statement.where(column >= midnight(first, zone))
    if last and last < date.max:
        statement = statement.where(column < midnight(last + timedelta(days=1), zone))
    return statement


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins. Before year 2 it is refused by Python, so the first of all days begins a day late."""
    return datetime.combine(max(day, date(2, 1, 1)), time.min, zone).astimezone(UTC)


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month like 2026-11."""
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
