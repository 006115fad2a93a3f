"""The pages: the days' jobs, and one job with all that is needed at the client's."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import g, render_template
from flask_babel import gettext as _

from gateway import app, deferral, formats, progress, proof, timeline
from gateway.backends import contracts, installations
from gateway.field import ways
from gateway.field.room import blueprint
from gateway.forms import Form
from gateway.parts import part
from gateway.public.contract_text import shown
from gateway.roles import FIELD_WORK, allowed

blueprint.add_app_template_global(proof.title, "proof_title")

PAPERS = ("id_front", "id_back", "proof_of_address", "coupon")


@blueprint.get("/")
@allowed(FIELD_WORK)
def index() -> tuple[str, int]:
    """Without the jobs it is an error, so that no phone puts it in the place of the list that it keeps."""
    found = part("installations", lambda: installations.visits(str(g.signed_in.account.id)))
    days = [] if found.away else _by_day(found.data)
    page = render_template("field/index.html", found=found, days=days, form=Form(), now=g.at)
    return page, 503 if found.away else 200


@blueprint.get("/trabajos/<uuid:installation_id>")
@allowed(FIELD_WORK)
def show(installation_id: UUID) -> str:
    identity = str(installation_id)
    found = installations.get(identity)
    locale = g.signed_in.company.locale
    contract = part("contracts", lambda: _contract(identity))
    g.page_lacks_something = contract.away
    greeting = _("Hola, soy %(name)s de %(company)s.", name=g.signed_in.account.name, company=g.signed_in.company.name)
    return render_template(
        "field/job.html",
        report=installations.report(identity),
        files=installations.files(identity),
        papers=PAPERS,
        contract=contract,
        plan=_plan(found),
        roads=ways.roads(found),
        phones=[
            (phone, ways.dialled(phone), ways.message_address(phone, locale, greeting)) for phone in _phones(found)
        ],
        now=g.at,
        **_story(identity, found),
    )


@blueprint.get("/trabajos/<uuid:installation_id>/avance")
@allowed(FIELD_WORK)
def advance(installation_id: UUID) -> str:
    return activation(str(installation_id), None, None)


def activation(identity: str, seen: proof.Proof | None, problem: str | None) -> str:
    """How far it is; with what the router has just said, or why it said nothing."""
    story = _story(identity, installations.get(identity))
    return render_template("field/activation.html", **story | {"proof": seen or story["proof"]}, problem=problem)


def _story(identity: str, found: Any) -> dict[str, Any]:
    """The job, how far its activation is, and what the router said of it."""
    with app.runtime().database.read(g.signed_in.company.id) as session:
        entries = timeline.entries_about(session, identity)
        kept = deferral.waiting_for(session, identity)
    told = progress.read(entries)
    kept = None if kept and told and told.began_at > kept.created_at else kept
    running = found["state"] == "activating" or bool(told and told.running and not told.outdated(g.at))
    return {
        "installation_id": identity,
        "found": found,
        "pending": found["state"] in ("new", "in_progress"),
        "activating": running,
        "progress": told,
        "kept": kept,
        "proof": proof.read(entries) if found["state"] == "active" else None,
        "form": Form(),
    }


def _by_day(visits: Any) -> list[tuple[str, list[Any]]]:
    """Each day with its name: what is overdue comes under one."""
    today = date.fromisoformat(visits["today"])
    return [(name, list(rows)) for name, rows in groupby(visits["rows"], lambda row: _day_name(row, today))]


def _day_name(row: Any, today: date) -> str:
    day = datetime.fromisoformat(row["scheduled_at"]).astimezone(formats.time_zone()).date()
    if day < today:
        return _("Atrasados")
    named = {today: _("Hoy"), today + timedelta(days=1): _("Mañana")}
    return named.get(day) or formats.weekday(day)


def _phones(found: Any) -> list[str]:
    return [phone for phone in (found["phone"], found["second_phone"]) if phone]


def _plan(found: Any) -> Any | None:
    return next((plan for plan in installations.plans(found["router_id"]) if plan["plan_id"] == found["plan_id"]), None)


def _contract(identity: str) -> Any | None:
    """With what names its text exactly: the one that was shown is the one that is signed."""
    contract = contracts.for_installation(identity)
    if contract is None:
        return None
    digest = hashlib.sha256(contract["content"].encode()).hexdigest()
    return {**contract, "text": shown(contract["content"]), "text_sha256": digest}
