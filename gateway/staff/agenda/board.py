"""The calendar: its page, what fills it, and what is dropped on it."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from flask import abort, jsonify, render_template, request
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import visit_conflicts
from gateway.backends import installations
from gateway.failing import status_of
from gateway.formats import wall_of
from gateway.messages import text_of
from gateway.parts import Part, part
from gateway.roles import EVERYBODY, FIELD_WORK, allowed
from gateway.staff.agenda.room import MONTH, STATES, VIEWS, Asked, asked, blueprint, moment_of, today


@blueprint.get("/")
@allowed(EVERYBODY)
def index() -> str:
    """Without scripts, and on a phone, a list; elsewhere the same as a calendar."""
    wanted = asked()
    shown = part("installations", lambda: _month(wanted) if wanted.view == MONTH else _visits(wanted))
    return render_template(
        "agenda/index.html",
        asked=wanted,
        shown=shown,
        days=by_day(shown) if wanted.view != MONTH else None,
        late=part("installations", lambda: installations.late(**wanted.filters)),
        zones=part("installations", installations.zones).data or [],
        technicians=part("installations", installations.technicians).data or [],
        states=STATES,
        views=VIEWS,
        today=today(),
    )


@blueprint.get("/visitas")
@allowed(EVERYBODY)
def visits() -> Response:
    """What a calendar shows: times are those of the company's wall, wherever the browser is."""
    shown = _visits(asked())
    return jsonify(
        visits=[_on_calendar(row) for row in shown["visits"]],
        technicians=[{"id": who["technician_id"], "title": who["name"]} for who in shown["technicians"]],
        away=[_away(row) for row in shown["away"]],
    )


@blueprint.post("/mover")
@allowed(FIELD_WORK)
def move() -> Response | tuple[Response, int]:
    """What was dropped somewhere. Conflicts that nobody has seen come back, each with the key that accepts it."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("moves"), list):
        abort(400)
    moves = [_move(one) for one in sent["moves"] if isinstance(one, dict)]
    try:
        moved = installations.reschedule(str(sent.get("key") or ""), moves, sent.get("despite") or [])
    except Refusal as refusal:
        return jsonify(refused(refusal)), status_of(refusal)
    return jsonify(moved=moved)


def refused(refusal: Refusal) -> dict[str, Any]:
    """In words; `conflicts` when all that stands against it is what somebody may accept."""
    complaints = [one for several in refusal.fields.values() for one in several]
    told = [
        {"key": one.get("params", {}).get("conflict"), "text": text_of(one["code"], one.get("params"))}
        for one in complaints
    ]
    if told and all(one["key"] for one in told):
        return {"conflicts": told}
    return {"text": " ".join(one["text"] for one in told) or text_of(refusal.code, refusal.params)}


def by_day(shown: Part) -> list[tuple[date, list[dict[str, Any]]]]:
    """Visits with their conflicts in words, by the company's day."""
    rows = [
        {**row["visit"], "conflicts": visit_conflicts.in_words(row["conflicts"])}
        for row in (shown.data or {}).get("visits", [])
    ]
    return [
        (date.fromisoformat(day), list(rest))
        for day, rest in groupby(rows, key=lambda row: wall_of(row["scheduled_at"])[:10])
    ]


def _visits(wanted: Asked) -> dict[str, Any]:
    return installations.agenda(
        first_on=wanted.first_on.isoformat(),
        last_on=wanted.last_on.isoformat(),
        states=wanted.states,
        **wanted.filters,
    )


def _month(wanted: Asked) -> list[list[dict[str, Any] | None]]:
    """Its weeks, Monday first; None for days of other months."""
    days = installations.agenda_month(month=f"{wanted.day:%Y-%m}", states=wanted.states, **wanted.filters)
    before = wanted.first_on.weekday()
    cells = [*([None] * before), *days]
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _on_calendar(row: dict[str, Any]) -> dict[str, Any]:
    visit = row["visit"]
    names = ("installation_id", "version", "number", "state", "technician_id", "duration_minutes", "zone_name", "phone")
    return {name: visit[name] for name in names} | {
        "person": f"{visit['first_name']} {visit['last_name']}",
        "address": visit["address"],
        "start": wall_of(visit["scheduled_at"]),
        "end": wall_of(visit["ends_at"]),
        "conflicts": visit_conflicts.in_words(row["conflicts"]),
        "movable": visit["state"] in ("new", "in_progress"),
    }


def _away(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "technician_id": row["technician_id"],
        "start": wall_of(row["starts_at"]),
        "end": wall_of(row["ends_at"]),
        "reason": row["reason"],
    }


def _move(one: dict[str, Any]) -> dict[str, Any]:
    """As the service takes it; what is no time goes as None, which it refuses."""
    at = moment_of(one.get("start") if isinstance(one.get("start"), str) else None)
    names = ("installation_id", "version", "technician_id", "duration_minutes")
    return {name: one.get(name) for name in names} | {"scheduled_at": at and at.isoformat()}
