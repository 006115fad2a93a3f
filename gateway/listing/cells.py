"""How a value shows, by the kind of its column. Functions and not a template: a page has hundreds of cells.

They write HTML, so whatever comes from a row goes through `escape` or a function that does that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from html import escape
from itertools import chain
from typing import Any

from flask_babel import gettext as _

from gateway import formats, messages
from gateway.listing.declaring import Column, Row
from gateway.navigation import end_reason
from gateway.symbols import badge_in, state_badge

LONG = 120  # characters of a long text that a row shows
SHORT = 16  # characters that are not worth a second line


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """What cells are written for: who reads them, and where the rows have their own pages."""

    notation: formats.Notation
    language: str
    address_of: Callable[[Row], str]


def _text(value: Any, row: Row, page: Page) -> str:
    if value is None:
        return ""
    shown = escape(str(value))
    return f'<span class="text-nowrap">{shown}</span>' if " " in shown and len(shown) <= SHORT else shown


def _person(_value: Any, row: Row, page: Page) -> str:
    """Their name leads to the row's own page."""
    return (
        f'<a href="{escape(page.address_of(row))}">{escape(name_of(row))}</a>{_marks(row)}'
        f'<div class="text-secondary small cell-more">{escape(row["address"])}</div>'
    )


def _marks(row: Row) -> str:
    """What staff should know of a request before they open it."""
    marks = ""
    if row.get("duplicated"):
        word = _("posible duplicado")
        marks += f' <span class="badge bg-yellow-lt">{escape(word)}</span>'
    if note := row.get("flag_note"):
        word = _("apartada")
        marks += f' <span class="badge bg-azure-lt" title="{escape(note)}">{escape(word)}</span>'
    return marks + _leaving(row)


def _leaving(row: Row) -> str:
    """That somebody is no client any more, or soon will be."""
    if row.get("state") in ("ending", "ended"):
        return f" {state_badge(row['state'])}"
    if last := row.get("ends_on"):
        word = _("baja el %(day)s", day=formats.day(last))
        return f' <span class="badge bg-yellow-lt">{escape(word)}</span>'
    return ""


def _state(value: Any, row: Row, page: Page) -> str:
    """With the reason of what failed."""
    code = row.get("failure_code")
    why = messages.text_of(code, row.get("failure_params")) if code else ""
    told = f'<span class="d-block text-danger small cell-more">{escape(why)}</span>' if why else ""
    return f"<span>{badge_in(page.language, value)}{told}</span>"


def _moment(value: Any, row: Row, page: Page) -> str:
    return f'<span class="text-nowrap">{escape(page.notation.moment(value)) if value else ""}</span>'


def _money(value: Any, row: Row, page: Page) -> str:
    return f'<span class="text-nowrap">{escape(formats.money(value, row["currency"]))}</span>'


def _phone(value: Any, row: Row, page: Page) -> str:
    number = escape(value or "")
    return f'<a class="text-reset text-nowrap" href="tel:{number.replace(" ", "")}">{number}</a>' if value else ""


def _email(value: Any, row: Row, page: Page) -> str:
    to = escape(value or "")
    return f'<a class="text-reset cell-long" href="mailto:{to}">{to}</a>' if value else ""


def _mono(value: Any, row: Row, page: Page) -> str:
    return f'<span class="font-monospace">{escape(value)}</span>' if value else ""


def _campaign(value: Any, row: Row, page: Page) -> str:
    return escape(" · ".join(map(str, value.values()))) if value else ""


def _reason(value: Any, row: Row, page: Page) -> str:
    return escape(str(end_reason(value)))


def _long(value: Any, row: Row, page: Page) -> str:
    if not value:
        return ""
    shown = value if len(value) <= LONG else f"{value[:LONG].rpartition(' ')[0] or value[:LONG]}…"
    return f'<span class="cell-long" title="{escape(value)}">{escape(shown)}</span>'


# From the column's value, the whole row and its page to the inside of its cell.
KINDS: dict[str, Callable[[Any, Row, Page], str]] = {
    "text": _text,
    "number": _text,
    "person": _person,
    "state": _state,
    "moment": _moment,
    "money": _money,
    "phone": _phone,
    "email": _email,
    "mono": _mono,
    "campaign": _campaign,
    "reason": _reason,
    "long": _long,
}


# What the cells of a kind show in place of a value of their own, or beside it.
_MADE_OF = {"person": ("address", "ends_on")}
_BESIDE = {"state": ("failure_code", "failure_params"), "money": ("currency",)}
# Of whom a row is, and what may be done with it.
_ALWAYS = ("first_name", "last_name", "state")


def fields_of(columns: Iterable[Column]) -> list[str]:
    """The fields of a row that its cells are made of."""
    shown = (_MADE_OF.get(each.kind) or (each.field or each.key, *_BESIDE.get(each.kind, ())) for each in columns)
    return [*_ALWAYS, *chain.from_iterable(shown)]


def name_of(row: Row) -> str:
    return f"{row['first_name']} {row['last_name']}"
