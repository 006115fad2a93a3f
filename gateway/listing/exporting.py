"""A list on its way into a file: which columns, in whose words, and how the company writes."""

from __future__ import annotations

import re
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.dates import get_date_format
from babel.numbers import get_decimal_symbol
from flask import g
from flask_babel import lazy_gettext as _

from gateway import formats
from gateway.listing.asked import Asked
from gateway.listing.declaring import Column
from gateway.model import Company
from gateway.navigation import END_REASONS
from gateway.states import STATES

FORMATS = ("xlsx", "csv")
# In a list the two are one; in a file each has its own column, so that it can be read in again.
_PERSON = (("first_name", _("Nombre")), ("last_name", _("Apellido")))


def asked_for(found: Asked, *, format: str, every_column: bool) -> dict[str, Any]:
    """What a service's `begin_export` takes."""
    columns = found.listing.columns if every_column else found.columns
    day = g.at.astimezone(formats.time_zone()).date()
    return {
        "list": found.listing.key,
        "format": format,
        "filename": f"{str(found.listing.title).lower()}-{day.isoformat()}.{format}",
        "columns": [described for column in columns for described in _described(column)],
        "filters": found.to_export(),
        "form": form_of(g.signed_in.company),
    }


def form_of(company: Company) -> dict[str, Any]:
    """Semicolons where the comma is for decimals, and days in the order of the company's country."""
    try:
        locale = Locale.parse(company.locale)
    except (UnknownLocaleError, ValueError):
        locale = Locale("es")
    mark = "," if get_decimal_symbol(locale) == "," else "."
    moment, in_excel = _moment(get_date_format("short", locale).pattern)
    return {
        "delimiter": ";" if mark == "," else ",",
        "decimal_mark": mark,
        "digits": formats.digits_of(company.currency),
        "moment": moment,
        "number_format": in_excel,
        "time_zone": company.time_zone,
    }


def _moment(pattern: str) -> tuple[str, str]:
    """For strftime and for Excel: day, month and year in the pattern's order, with the year whole."""
    order = list(dict.fromkeys(re.findall("[dMy]", pattern)))
    between = next((sign for sign in "/-." if sign in pattern), "/")
    names = {"d": ("%d", "dd"), "M": ("%m", "mm"), "y": ("%Y", "yyyy")}
    days, in_excel = (between.join(names[part][i] for part in order) for i in (0, 1))
    return f"{days} %H:%M", f"{in_excel} hh:mm"


# What stands for a value in the words of a kind of column.
_NAMED = {"state": STATES, "reason": END_REASONS}


def _described(column: Column) -> list[dict[str, Any]]:
    if column.kind == "person":
        return [{"key": key, "label": str(label)} for key, label in _PERSON]
    named = _NAMED.get(column.kind, {})
    words = {key: str(name) for key, name in named.items()}
    return [{"key": column.key, "label": str(column.label), "words": words}]
