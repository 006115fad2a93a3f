"""What a cell means: money, dates, coordinates, addresses and names, in the forms that people and programs write."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from chassis.storage.searching import searchable

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("ene jan", "feb", "mar", "abr apr", "may", "jun", "jul", "ago aug", "sep", "oct", "nov", "dic dec"), 1
    )
    for name in names.split()
}
_TIME = re.compile(
    r"(?:^|[T ,])(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*([ap])?\.?\s*m?\.?\s*(?:Z|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
# Days since which spreadsheets count; numbers of years that a client may have been there.
_EPOCH, _SERIALS = date(1899, 12, 30), range(29_000, 60_000)
EARLY = time(9)
"""When a job is that only has a day."""


def date_order(samples: list[str], locale: str) -> str:
    """Whether days come before months, by what cannot be otherwise; else as it is usual where the company is."""
    for text in samples:
        found = re.match(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}", text)
        if found and int(found[1]) > 12:
            return "dmy"
        if found and int(found[2]) > 12:
            return "mdy"
    return "mdy" if locale in ("en_US", "en") else "dmy"


def moment(text: str, order: str, zone: ZoneInfo) -> str | None:
    """In ISO form with its offset; None for what is no date. A day alone is its morning."""
    at = _TIME.search(text)
    day = _day(text[: at.start()] if at else text, order)
    if day is None:
        return None
    clock = EARLY
    if at:
        hour, minute, half = int(at[1]), int(at[2]), (at[3] or "").lower()
        hour = hour % 12 + (12 if half == "p" else 0) if half else hour
        if hour > 23 or minute > 59:
            return None
        clock = time(hour, minute)
    return datetime.combine(day, clock, zone).isoformat()


def _day(text: str, order: str) -> date | None:
    parts = re.findall(r"\d+|[^\W\d_]{3,}", searchable(text))
    if len(parts) == 1 and parts[0].isdigit() and int(parts[0]) in _SERIALS:
        return _EPOCH + timedelta(days=int(parts[0]))
    parts = [part for part in parts if part.isdigit() or part[:3] in _MONTHS]
    if len(parts) != 3:
        return None
    year, month, day = _ordered(parts, order)
    try:
        return date(_whole_year(int(year)), _MONTHS.get(month[:3]) or int(month), int(day))
    except ValueError:
        return None


def _ordered(parts: list[str], order: str) -> tuple[str, str, str]:
    """Year, month and day."""
    if len(parts[0]) == 4:
        return parts[0], parts[1], parts[2]
    if not parts[0].isdigit():
        return parts[2], parts[0], parts[1]
    if not parts[1].isdigit() or order == "dmy":
        return parts[2], parts[1], parts[0]
    return (parts[0], parts[1], parts[2]) if order == "ymd" else (parts[2], parts[0], parts[1])


def _whole_year(year: int) -> int:
    return year if year > 99 else 2000 + year if year < 70 else 1900 + year


def minor_units(text: str, currency: str) -> int | None:
    """`$1,500.50`, `1.500,50`, `350 MXN`; None for what is no money. Three digits after a lone sign are thousands."""
    digits = re.sub(r"[^\d.,-]", "", text)
    if "," in digits and "." in digits:
        thousands = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(thousands, "")
    sign = next((each for each in ",." if each in digits), None)
    if sign and (digits.count(sign) > 1 or len(digits.rpartition(sign)[2]) == 3):
        digits = digits.replace(sign, "")
    try:
        minor = Decimal(digits.replace(",", ".")).scaleb(get_currency_precision(currency))
    except InvalidOperation:
        return None
    return int(minor) if minor == minor.to_integral_value() else None


def coordinates(text: str) -> tuple[str, str] | None:
    """Latitude and longitude: `19.98,-99.14`, `19.98 -99.14`, what a map's link has, and degrees with minutes."""
    if degrees := re.findall(r"(\d+)\s*[°º]\s*(\d+)\s*['′’]\s*([\d.]+)?\s*[\"″”]?\s*([NSEWO])", text.upper()):
        found = [_degrees(*each) for each in degrees]
    else:
        found = [float(each.replace(",", ".")) for each in re.findall(r"-?\d{1,3}[.,]\d+", text)]
    if len(found) < 2 or abs(found[0]) > 90 or abs(found[1]) > 180:
        return None
    return f"{found[0]:.6f}", f"{found[1]:.6f}"


def _degrees(whole: str, minutes: str, seconds: str, side: str) -> float:
    value = int(whole) + int(minutes) / 60 + float(seconds or 0) / 3600
    return -value if side in "SWO" else value


def number(text: str) -> str:
    """With a point for its decimals, as far as it is one."""
    return text.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", text) else text


def address(text: str) -> str:
    """The first of several, without the length of its network and a slip's spaces."""
    first = re.split(r"[\s;,]+", text.strip())[0]
    return first.removesuffix("/32")


def mac(text: str) -> str | None:
    """The first of several; None for the zeros that stand for none."""
    digits = re.sub(r"[^0-9A-Fa-f]", "", re.split(r"[\s;,]+", text.strip())[0])
    return None if digits and not digits.strip("0") else re.split(r"[\s;,]+", text.strip())[0]


def phones(text: str) -> tuple[str, str | None]:
    """Two, where two were written into one cell; what a spreadsheet made a number of is digits again."""
    parts = [part.strip() for part in re.split(r"\s*[/;|]\s*|\s+y\s+|\s*,\s*", text) if part.strip()]
    cleaned = [_digits(part) for part in parts] or [text]
    return cleaned[0], cleaned[1] if len(cleaned) > 1 else None


def _digits(text: str) -> str:
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        return str(int(Decimal(text)))
    return text.removesuffix(".0")


def names(text: str) -> tuple[str, str]:
    """First and last name of a full one: by its comma, else the two last words are of the family."""
    last, comma, first = text.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    words = text.split()
    if len(words) == 1:
        return words[0], "—"
    given = 1 if len(words) < 4 else len(words) - 2
    return " ".join(words[:given]), " ".join(words[given:])


def plain_name(text: str) -> str:
    """A name as routers take it: María López → maria.lopez"""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", ".", plain).strip(".")[:40]
