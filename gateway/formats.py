"""Dates, money and speeds as the company writes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_decimal_symbol
from flask import Flask, g

from gateway import catalogue
from gateway.model import Company

DEFAULT_ZONE = "UTC"


def register(app: Flask) -> None:
    for filter_ in (day, day_of, moment, clock_time, clock_seconds, money, speed, file_size, grouped, choices):
        app.add_template_filter(filter_)
    for filter_ in (weekday, weekday_moment, short_day, month_name, kilometres):
        app.add_template_filter(filter_)
    app.add_template_global(catalogue.locale, "get_locale")
    app.add_template_global(browser_name)
    app.add_template_global(weekday_names)
    app.add_template_global(wall_of)
    app.add_template_global(page_language)
    app.add_template_global(time_zone)


def page_language() -> str:
    """es-MX: for scripts too, so that they write times and numbers as the rest of the page does."""
    return str(_locale()).replace("_", "-")


def money(minor: int | None, currency: str | None = None) -> str:
    """`minor` units of the currency (by default the company's), in the company's form."""
    if minor is None:
        return ""
    company = _company()
    currency = currency or (company.currency if company else "USD")
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=_locale())


def minor_units(text: str, currency: str) -> int | None:
    """What somebody typed as money: `1,500.50`, `1500,5`, `$ 350`; None when it is none or has too many decimals."""
    digits = text.replace("$", "").replace(currency, "").replace(" ", "").replace("\xa0", "")
    if "," in digits and "." in digits:
        thousands = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(thousands, "")
    elif digits.count(",") == 1 and len(digits.rpartition(",")[2]) != 3:
        digits = digits.replace(",", ".")
    else:
        digits = digits.replace(",", "")
    try:
        minor = Decimal(digits).scaleb(get_currency_precision(currency))
    except InvalidOperation:
        return None
    return int(minor) if minor == minor.to_integral_value() else None


def plain_money(minor: int | None, currency: str) -> str:
    """For a field that is typed in: 35000 → 350.00"""
    return "" if minor is None else f"{Decimal(minor).scaleb(-digits_of(currency)):f}"


def digits_of(currency: str) -> int:
    """How many decimals the currency has."""
    return get_currency_precision(currency)


def decimal_sign() -> str:
    return get_decimal_symbol(_locale())


def day(value: str | date | None) -> str:
    if not value:
        return ""
    return _day_in_words(_locale(), _day(value))


def weekday(value: str | date) -> str:
    """lunes, 30 de noviembre"""
    return _with_weekday("EEEE", "MMMMd", value)


def day_of(value: str | datetime | None) -> str:
    """The day of a moment, where the company is."""
    return day(_at(value).astimezone(time_zone()).date()) if value else ""


def month(value: str) -> str:
    """2026-11 → noviembre de 2026"""
    return format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=_locale())


def is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def moment(value: str | datetime | None) -> str:
    """Day and minute."""
    return notation().moment(value) if value else ""


def local_moment(typed: str) -> str:
    """What a field of type datetime-local holds, in the company's time zone; as it was typed when it is no time."""
    try:
        return moment(datetime.fromisoformat(typed).replace(tzinfo=time_zone()))
    except ValueError:
        return typed


def weekday_moment(value: str | datetime) -> str:
    """vie, 27 de nov, 10:00"""
    return f"{short_day(_at(value).astimezone(time_zone()).date())}, {clock_time(value)}"


def short_day(value: str | date) -> str:
    return _with_weekday("EEE", "MMMd", value)


def month_name(value: str | date) -> str:
    return format_skeleton("yMMMM", _day(value), locale=_locale())


def weekday_names(width: str = "abbreviated") -> list[str]:
    """Monday first."""
    return [get_day_names(width, locale=_locale())[number] for number in range(7)]


def kilometres(value: float) -> str:
    return format_decimal(round(value, 1), locale=_locale())


def wall_of(moment: str | datetime) -> str:
    """What the clock on the company's wall shows then: 2026-11-27T10:00, as fields of forms have it."""
    return f"{_at(moment).astimezone(time_zone()):%Y-%m-%dT%H:%M}"


def clock_time(value: str | datetime | None) -> str:
    return "" if not value else format_time(_at(value), "short", tzinfo=time_zone(), locale=_locale())


def clock_seconds(value: str | datetime | None) -> str:
    """For what happens within a minute."""
    return "" if not value else format_time(_at(value), "medium", tzinfo=time_zone(), locale=_locale())


def choices(rows: Iterable[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Rows of a service as a select's options: (value, label), or with what narrows them."""
    return [tuple(row[name] for name in names) for row in rows]


def speed(kbps: int | None) -> str:
    """20000 → 20 Mbps; a k is 1000 here, as on routers."""
    if kbps is None:
        return ""
    return f"{kbps / 1000:g} Mbps" if kbps >= 1000 else f"{kbps} kbps"


def file_size(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB".replace(".0 ", " ") if size >= 1_048_576 else f"{max(1, round(size / 1024))} kB"


def grouped(number: int) -> str:
    """1048576 → 1,048,576"""
    return format_decimal(number, locale=_locale())


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
             ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
            ("Linux", "Linux"))  # fmt: skip


def browser_name(user_agent: str | None) -> str:
    """What a person calls it: browsers also name the ones that they resemble, so the order decides."""
    agent = user_agent or ""
    browser = next((name for mark, name in _BROWSERS if mark in agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in agent), None)
    return " · ".join(filter(None, (browser, system))) or agent[:40] or "—"


def time_zone() -> ZoneInfo:
    return notation().zone


# Pages have dozens of days, and Babel reads its pattern anew for each.
@lru_cache(maxsize=10_000)
def _day_in_words(locale: Locale, on: date) -> str:
    return format_date(on, "medium", locale=locale)


@lru_cache(maxsize=10_000)
def _minute_in_words(locale: Locale, hour: int, minute: int) -> str:
    return format_time(time(hour, minute), "short", locale=locale)


def _with_weekday(name: str, rest: str, value: str | date) -> str:
    """CLDR has no pattern with both in full, and the nearest one that it has shortens the name."""
    on, locale = _day(value), _locale()
    return f"{format_date(on, name, locale=locale)}, {format_skeleton(rest, on, locale=locale)}"


def _day(value: str | date) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _at(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _company() -> Company | None:
    signed_in = g.get("signed_in")
    return signed_in.company if signed_in else g.get("company")


def _locale() -> Locale:
    return notation().locale


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Notation:
    """How a company writes, for a reader: its territory in their language, es_MX, or en_MX for who reads English."""

    locale: Locale
    zone: ZoneInfo

    def moment(self, value: str | datetime) -> str:
        """Day and minute."""
        return _moment_in_words(self, value)


def notation() -> Notation:
    """Looked for once for a request, and again when it turns out whose page it is."""
    company = _company()
    whose, known = g.get("notation", (None, None))
    if known is None or whose is not company:
        zone, territory = (company.time_zone, company.locale.partition("_")[2]) if company else (DEFAULT_ZONE, "")
        known = _notation_of(catalogue.locale().language, territory, zone)
        g.notation = company, known
    return known


@lru_cache(maxsize=1_000)
def _notation_of(language: str, territory: str, zone: str) -> Notation:
    return Notation(_locale_of(language, territory), ZoneInfo(zone))


@lru_cache(maxsize=10_000)
def _moment_in_words(notation: Notation, value: str | datetime) -> str:
    at = _at(value).astimezone(notation.zone)
    return f"{_day_in_words(notation.locale, at.date())}, {_minute_in_words(notation.locale, at.hour, at.minute)}"


def _locale_of(language: str, territory: str) -> Locale:
    try:
        return Locale(language, territory or None)
    except UnknownLocaleError:
        return Locale(language)
