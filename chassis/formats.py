"""Money, moments and speeds as a country writes them. Only for parts that have Babel."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_precision


def locale_named(name: str) -> Locale:
    """The language alone where the country is not known, English where that is not, either."""
    parsed = name.replace("-", "_")
    for candidate in (parsed, parsed.partition("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def money(minor: int, currency: str, locale: Locale) -> str:
    """`$350.00` of 35000 in MXN."""
    return format_currency(Decimal(minor).scaleb(-get_currency_precision(currency)), currency, locale=locale)


def moment(at: datetime, locale: Locale, *, width: str = "long") -> str:
    """`24 de noviembre de 2026, 10:00 a.m.`, in the zone that `at` is in; `full` names the day of the week, too."""
    return f"{format_date(at, width, locale=locale)}, {format_time(at, 'short', tzinfo=at.tzinfo, locale=locale)}"


def speed(kbps: int, locale: Locale) -> str:
    """Both ways of counting are in use, by 1000 and by 1024; the one that gives a round number was meant."""
    unit = 1024 if kbps % 1024 == 0 else 1000
    return f"{format_decimal(Decimal(kbps) / unit, format='#,##0.##', locale=locale)} Mbps"
