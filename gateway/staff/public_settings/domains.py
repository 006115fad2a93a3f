"""The company's own domains: added, proven by a record in their DNS, chosen for links, given up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from chassis.auditing import Recording
from chassis.errors import Refusal
from chassis.storage import find
from gateway import accounts, audit, domains, messages
from gateway.domains import LookUpFailed
from gateway.forms import Form
from gateway.model import CompanyDomain
from gateway.roles import OWNERS, allowed
from gateway.staff.public_settings import blueprint


@blueprint.get("/dominios")
@allowed(OWNERS)
def own_domains() -> str:
    return _page(Form())


@blueprint.post("/dominios")
@allowed(OWNERS)
def claim_domain() -> Response | tuple[str, int]:
    form, ours = Form.typed(), urlsplit(_runtime().settings.base_url).hostname or ""
    try:
        with _runtime().database.begin(g.signed_in.company.id) as session:
            recording = Recording(session)
            domains.claim(session, host=form.text("host") or "", ours=ours, at=g.at)
            audit.record(recording, action="claim_domain")
    except Refusal as refused:
        form.refuse(refused)
        return _page(form), form.status
    flash(_("Dominio agregado. Ahora crea el registro en tu DNS y compruébalo."))
    return redirect(url_for(".own_domains"))


@blueprint.post("/dominios/<uuid:domain_id>/comprobar")
@allowed(OWNERS)
def prove_domain(domain_id: UUID) -> Response:
    """The name's DNS is asked outside of any transaction."""
    with _runtime().database.read(g.signed_in.company.id) as session:
        claimed = find(session, CompanyDomain, domain_id)
    try:
        domains.check(claimed, domains.dns_texts(_runtime().settings.dns_server))
        _change(lambda session: domains.accept(session, domain_id=domain_id, at=g.at), "prove_domain")
    except LookUpFailed:
        flash(messages.text_of("domain-not-looked-up"), "warning")
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    else:
        flash(_("%(host)s es tuyo: el formulario ya responde ahí.", host=claimed.host), "success")
    return redirect(url_for(".own_domains"))


@blueprint.post("/dominios/<uuid:domain_id>/principal")
@allowed(OWNERS)
def choose_domain(domain_id: UUID) -> Response:
    try:
        _change(lambda session: domains.make_main(session, domain_id=domain_id), "choose_domain")
    except domains.NotProven as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    return redirect(url_for(".own_domains"))


@blueprint.post("/dominios/<uuid:domain_id>/quitar")
@allowed(OWNERS)
def give_up_domain(domain_id: UUID) -> Response:
    _change(lambda session: domains.give_up(session, domain_id=domain_id), "give_up_domain")
    flash(_("Dominio quitado."))
    return redirect(url_for(".own_domains"))


def _change(work: Any, action: str) -> None:
    """Everybody learns where the company's pages are now: links in mails lead there."""
    company = g.signed_in.company
    with _runtime().database.begin(company.id) as session:
        recording = Recording(session)
        work(session)
        session.flush()
        _tell(session)
        audit.record(recording, action=action)


def _tell(session: Session) -> None:
    accounts.save_company(session, base_url=_runtime().settings.base_url, company_id=g.signed_in.company.id)


def _page(form: Form) -> str:
    with _runtime().database.read(g.signed_in.company.id) as session:
        rows = domains.of_company(session)
    ours = urlsplit(_runtime().settings.base_url)
    return render_template(
        "public_settings/domains.html", form=form, rows=rows, record=domains.RECORD, ours=ours.hostname
    )


def _runtime() -> Any:
    return current_app.extensions["alta"]
