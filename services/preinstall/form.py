"""What the company's public form asks for."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.storage import current_company
from services.preinstall.model import KINDS, REQUIRED, FormSettings


def required_kinds(session: Session) -> tuple[str, ...]:
    settings = session.get(FormSettings, current_company(session))
    return REQUIRED if settings is None else tuple(settings.required)


def asked_for(session: Session) -> list[dict[str, Any]]:
    """Every kind of document there is, and whether the form can be sent without it."""
    required = required_kinds(session)
    return [{"kind": kind, "required": kind in required} for kind in KINDS]


def change_form_settings(session: Session, *, documents: list[dict[str, Any]]) -> None:
    """Kinds that are not named stay as they are."""
    required = dict.fromkeys(required_kinds(session))
    for document in documents:
        if document["required"]:
            required[document["kind"]] = None
        else:
            required.pop(document["kind"], None)
    company_id = current_company(session)
    settings = session.get(FormSettings, company_id, with_for_update=True)
    if settings is None:
        settings = FormSettings(id=company_id)
        session.add(settings)
    settings.required = list(required)
    session.flush()
