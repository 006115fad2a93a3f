"""Dates as the company lives them: the day of an invoice is the day on its clock, not on the server's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.billing.model import Company


def day(company: Company, at: datetime) -> date:
    """The company's date at a moment."""
    return at.astimezone(ZoneInfo(company.time_zone)).date()


def due(company: Company, issued_on: date) -> date:
    return issued_on + timedelta(days=company.due_days)
