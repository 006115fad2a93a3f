"""When people work: the company's week and visits, a technician's own week, days off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import messages
from gateway.backends import installations
from gateway.forms import Form
from gateway.roles import OFFICE_WORK, allowed
from gateway.staff.agenda.room import blueprint
from gateway.week_text import Day, read_day, write_day

DAYS = tuple(f"day_{number}" for number in range(7))


@blueprint.get("/horarios")
@allowed(OFFICE_WORK)
def hours() -> str:
    return _page()


@blueprint.post("/horarios")
@allowed(OFFICE_WORK)
def save_hours() -> Any:
    form = Form.typed()
    week, minutes = _week(form), form.text("visit_minutes")
    if week is None:
        return _page(rules=form), 422
    try:
        number = int(minutes) if minutes and minutes.isdecimal() else minutes
        installations.save_agenda_rules(form.key, visit_minutes=number, week=week)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(rules=form), form.status
    return _saved(_("Horario de la empresa guardado."))


@blueprint.post("/horarios/<uuid:technician_id>")
@allowed(OFFICE_WORK)
def save_technician_hours(technician_id: UUID) -> Any:
    """Of one technician; the company's when that is ticked."""
    form, identity = Form.typed(checkboxes=["as_company"]), str(technician_id)
    form.prefix = f"{identity}-"
    week = None if form.value_of("as_company") else _week(form)
    if week is None and not form.value_of("as_company"):
        return _page(own={identity: form}), 422
    try:
        installations.save_technician_week(form.key, technician_id=identity, week=week)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(own={identity: form}), form.status
    return _saved(_("Horario guardado."))


@blueprint.post("/ausencias")
@allowed(OFFICE_WORK)
def add_absence() -> Any:
    form = Form.typed()
    form.prefix = "off-"
    names = ("technician_id", "first_on", "last_on", "reason")
    asked = {name: form.text(name) for name in names}
    asked["last_on"] = asked["last_on"] or asked["first_on"]
    try:
        installations.add_absence(form.key, **asked)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(off=form), form.status
    return _saved(_("Ausencia guardada. Las visitas que ya había esos días se muestran en conflicto."))


@blueprint.post("/ausencias/<uuid:absence_id>/quitar")
@allowed(OFFICE_WORK)
def remove_absence(absence_id: UUID) -> Response:
    try:
        installations.remove_absence(Form.typed().key, str(absence_id))
    except Refusal as refusal:
        flash(messages.text_of(refusal.code, refusal.params), "danger")
        return redirect(url_for(".hours"))
    return _saved(_("Ausencia quitada."))


def _saved(text: str) -> Response:
    flash(text, "success")
    return redirect(url_for(".hours"))


def _week(form: Form) -> list[Day] | None:
    """None when one of its days is no hours, which is said beside it."""
    days = [read_day(form.text(name) or "") for name in DAYS]
    for name, day in zip(DAYS, days, strict=True):
        if day is None:
            form.add_error(name, "invalid-hours")
    return None if None in days else [day for day in days if day is not None]


def _page(rules: Form | None = None, own: dict[str, Form] | None = None, off: Form | None = None) -> str:
    """Forms that were refused as they were typed, the others as it is."""
    known = installations.working()
    if rules is None:
        rules = Form({"visit_minutes": known["visit_minutes"], **_typed(known["week"])})
    return render_template(
        "agenda/hours.html",
        rules=rules,
        technicians=known["technicians"],
        own={who["technician_id"]: _form_of(who, known["week"], own or {}) for who in known["technicians"]},
        off=off or _empty("off-"),
        absences=known["absences"],
        names={who["technician_id"]: who["name"] for who in known["technicians"]},
        days=DAYS,
    )


def _form_of(who: dict[str, Any], companys: list[Day], refused: dict[str, Form]) -> Form:
    if who["technician_id"] in refused:
        return refused[who["technician_id"]]
    form = _empty(f"{who['technician_id']}-")
    for name, text in _typed(who["week"] or companys).items():
        form.set(name, text)
    form.set("as_company", who["week"] is None)
    return form


def _empty(prefix: str) -> Form:
    form = Form()
    form.prefix = prefix
    return form


def _typed(week: list[Day]) -> dict[str, str]:
    return {name: write_day(day) for name, day in zip(DAYS, week, strict=True)}
