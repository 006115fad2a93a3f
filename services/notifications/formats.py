"""Money, dates and speeds as the company's country writes them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from chassis import formats
from services.notifications.model import Company


class Formats:
    """Of one company."""

    def __init__(self, company: Company) -> None:
        self._locale = formats.locale_named(company.locale)
        self._zone = ZoneInfo(company.time_zone)

    def money(self, minor: int, currency: str) -> str:
        return formats.money(minor, currency, self._locale)

    def day(self, on: date) -> str:
        return format_date(on, "long", locale=self._locale)

    def moment(self, at: datetime) -> str:
        """With the day of the week, in the company's time zone."""
        return formats.moment(at.astimezone(self._zone), self._locale, width="full")

    def speed(self, kbps: int) -> str:
        return formats.speed(kbps, self._locale)
