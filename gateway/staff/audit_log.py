"""Who changed what, in every service, newest first. The owner's room."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from chassis.errors import Unavailable
from gateway import app, audit, audit_trail, audit_words, formats, navigation, roles
from gateway.audit_names import Names
from gateway.audit_trail import SYSTEM
from gateway.model import StaffAccount

blueprint = Blueprint("audit_log", __name__, url_prefix="/auditoria")

PAGE = 50
MOST_EXPORTED = 10_000
FILTERS = ("person", "subject", "method", "search", "from_on", "to_on", "after")
# A spreadsheet takes what begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# The rows whose subject is an installation, and those that have a page of their own.
_OF_INSTALLATIONS = frozenset(
    {"installations", "accounts", "contracts", "files", "clients", "invoices", "subscriptions"}
)
_PAGES = {"requests": ("requests.show", "request_id"), "routers": ("routers.show", "router_id")}


@blueprint.get("/")
@roles.allowed(roles.OWNERS)
def index() -> Any:
    filters = _filters()
    trail = audit_trail.read(filters, limit=PAGE)
    return render_template(
        "audit_log/index.html",
        trail=trail,
        filters=filters,
        people=_people(),
        actions=sorted(audit_words.ACTIONS.items(), key=lambda action: str(action[1])),
        words=audit_words,
        names=Names(),
        page_of=_page_of,
        system=SYSTEM,
    )


@blueprint.get("/exportar")
@roles.allowed(roles.OWNERS)
def export() -> Response:
    """All that the filters find, as CSV. Raises `Unavailable` when a service does not answer: half a trail is none."""
    filters, written, names = _filters(), io.StringIO(), Names()
    table = csv.writer(written, delimiter=_separator())
    heads = (
        _("Cuándo"),
        _("Quién"),
        _("Dirección IP"),
        _("Qué hizo"),
        _("Sobre qué"),
        _("Dato"),
        _("Antes"),
        _("Después"),
    )
    table.writerow(heads)
    for trail in audit_trail.everything(filters, most=MOST_EXPORTED):
        if trail.away:
            raise Unavailable("service-away", service=trail.away[0])
        for row in trail.rows:
            table.writerows([_cell(value) for value in line] for line in _lines(row, names))
    with app.runtime().database.begin(g.signed_in.company.id) as session:
        audit.note(session, action="export_audit")
    response = make_response("\ufeff" + written.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="auditoria-{g.at:%Y-%m-%d}.csv"'
    return response


def _lines(row: dict[str, Any], names: Names) -> list[list[str]]:
    """One for each value that changed; one alone for what changed none."""
    head = [formats.moment(row["at"]), audit_words.person(row), row["ip"] or "", audit_words.action(row)]
    lines = []
    for change in row["changes"]:
        of = f"{audit_words.table(change['table'])} ({audit_words.HOW[change['how']]})"
        for name, values in audit_words.told(change):
            before, after = (audit_words.value(name, value, names) for value in values)
            lines.append([*head, of, audit_words.field(name), before, after])
    return lines or [[*head, navigation.event_detail(row["entry"]) if "entry" in row else "", "", "", ""]]


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _separator() -> str:
    """As spreadsheets of the company's country expect it: a semicolon where the comma is in numbers."""
    return ";" if "," in formats.decimal_sign() else ","


def _filters() -> dict[str, Any]:
    return {name: request.args.get(name, "").strip() or None for name in FILTERS}


def _people() -> list[StaffAccount]:
    with app.runtime().database.read(g.signed_in.company.id) as session:
        return list(session.scalars(select(StaffAccount).order_by(StaffAccount.name)))


def _page_of(row: dict[str, Any]) -> str | None:
    """Where what the row is about can be looked at."""
    tables = {change["table"] for change in row["changes"]}
    if not row["subject"]:
        return None
    for table, (endpoint, name) in _PAGES.items():
        if table in tables and row["method"].startswith(("preinstall.", "provisioning.save_router")):
            return url_for(endpoint, **{name: row["subject"]})
    if tables & _OF_INSTALLATIONS:
        return url_for("installations.show", installation_id=row["subject"])
    return None
