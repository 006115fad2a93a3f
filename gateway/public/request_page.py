"""The request form as a page: what it asks for, in the company's words, with what was typed and sent already."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, render_template
from flask_babel import gettext as _

from gateway import messages
from gateway.forms import Form
from gateway.public import captcha, faces, form_rules, robots
from gateway.public.form_rules import FormRules
from gateway.public.papers import Papers, purpose_of_request
from gateway.public.tickets import ticket


def page(
    name: str,
    form: Form,
    request_id: str,
    rules: FormRules,
    papers: Papers,
    *,
    harder: bool = False,
    human: str = "",
    preview: bool = False,
) -> str:
    """With a `harder` proof of work, for whom nothing else spoke. `human`: what `robots.check` remembered.

    A `preview` is only looked at.
    """
    return render_template(
        "public/request.html",
        name=name,
        company=g.company,
        form=form,
        request_id=request_id,
        rules=rules,
        shapes={name: (shape, messages.text_of(code)) for name, (shape, code) in form_rules.SHAPES.items()},
        labels=form_rules.labels() | form_rules.field_labels(),
        documents=[_document(kind, required, papers) for kind, required in rules.documents],
        challenge=captcha.challenge(_keyring(), request_id=request_id, at=g.at, hard=harder),
        ticket=ticket(request_id),
        robots=None if human or preview else robots.shown(faces.current()),
        human=human,
        preview=preview,
    )


def papers_of(request_id: str) -> Papers:
    return Papers(purpose_of_request(g.company.id, request_id))


def _document(kind: str, required: bool, papers: Papers) -> dict[str, Any]:
    label, hint = form_rules.labels()[kind], _hints()[kind]
    kept, token = papers.get(kind), papers.token(kind)
    return {"kind": kind, "label": label, "hint": hint, "required": required, "kept": kept, "token": token}


def _hints() -> dict[str, str]:
    return {
        "id_front": _("Foto o copia del lado con tu fotografía."),
        "id_back": _("Foto o copia del otro lado."),
        "proof_of_address": _("Por ejemplo, un recibo de agua o de luz."),
        "coupon": _("Si tienes un cupón o anuncio con descuento."),
    }


def _keyring() -> Any:
    return current_app.extensions["alta"].keyring
