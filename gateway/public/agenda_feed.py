"""The agenda for calendars: whoever has the address is who it was made for."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, g, make_response

from gateway import app, calendar_feed
from gateway.backends import installations
from gateway.formats import time_zone
from gateway.roles import PUBLIC, allowed

blueprint = Blueprint("agenda_feed", __name__)

BEHIND, AHEAD = timedelta(days=30), timedelta(days=90)


@blueprint.get("/calendario/<token>.ics")
@allowed(PUBLIC)
@app.limiter.limit("60/minute")
def show(token: str) -> Response:
    """The last month and the next three."""
    with app.runtime().database.read_unscoped() as reading:
        found = calendar_feed.owner_of(reading, token)
    if found is None:
        abort(404)
    g.company, account = found
    today = g.at.astimezone(time_zone()).date()
    shown = installations.agenda(
        first_on=(today - BEHIND).isoformat(), last_on=(today + AHEAD).isoformat(), technician_id=str(account.id)
    )
    pages = f"{app.runtime().settings.base_url}/instalaciones"
    visits = [row["visit"] for row in shown["visits"]]
    name = f"{g.company.name} · {account.name}"
    response = make_response(calendar_feed.as_icalendar(visits, name=name, pages=pages, at=g.at))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-store"
    return response
