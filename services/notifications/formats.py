"""Money, dates and speeds as the company's country writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision

from services.notifications.model import Company


class Formats:
    """Of one company."""

    def __init__(self, company: Company) -> None:
        self._locale = _locale(company.locale)
        self._zone = ZoneInfo(company.time_zone)

    def money(self, minor: int, currency: str) -> str:
        amount = Decimal(minor).scaleb(-get_currency_precision(currency))
        return format_currency(amount, currency, locale=self._locale)

    def day(self, on: date) -> str:
        return format_date(on, "long", locale=self._locale)

    def moment(self, at: datetime) -> str:
        """With the day of the week, in the company's time zone."""
        here = at.astimezone(self._zone)
        return f"{format_date(here, 'full', locale=self._locale)}, {format_time(here, 'short', locale=self._locale)}"

    def speed(self, kbps: int) -> str:
        """Plans are made in units of 1000 or of 1024."""
        unit = 1024 if kbps % 1024 == 0 else 1000
        return f"{format_decimal(Decimal(kbps) / unit, '#,##0.##', locale=self._locale)} Mbps"


def _locale(name: str) -> Locale:
    """The language alone when the country is unknown, English when that is, too."""
    parsed = name.replace("-", "_")
    for candidate in (parsed, parsed.partition("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
