"""What the company's public form asks for, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.storage import current_company
from services.preinstall.model import KINDS, OPTIONAL, REQUIRED, FormSettings, PrivacyNotice

# As the product comes.
_UNTOLD = FormSettings(required=list(REQUIRED), left_out=[], required_fields=[], left_out_fields=[])


def settings_of(session: Session) -> FormSettings:
    """The company's, or as the product comes."""
    return session.get(FormSettings, current_company(session)) or _UNTOLD


def asked_for(settings: FormSettings) -> list[dict[str, Any]]:
    """Every kind of document there is, whether the form asks for it, and whether it can be sent without."""
    return [
        {"kind": kind, "required": kind in settings.required, "asked": kind not in (settings.left_out or ())}
        for kind in KINDS
    ]


def fields_of(settings: FormSettings) -> list[dict[str, Any]]:
    """Every field that a company may require or leave out; of the others a request consists."""
    required, left_out = settings.required_fields or (), settings.left_out_fields or ()
    return [{"name": name, "required": name in required, "asked": name not in left_out} for name in OPTIONAL]


def change_form_settings(
    session: Session,
    *,
    at: datetime | None = None,
    documents: Sequence[dict[str, Any]] = (),
    person_fields: Sequence[dict[str, Any]] = (),
    texts: dict[str, str | None] | None = None,
    reject_reasons: list[str] | None = None,
) -> None:
    """What is not named stays as it is. Of `texts` all are told: welcome, thanks, privacy."""
    settings = _own(session)
    settings.required, settings.left_out = _sorted_out(settings.required, settings.left_out, documents, "kind")
    settings.required_fields, settings.left_out_fields = _sorted_out(
        settings.required_fields, settings.left_out_fields, person_fields, "name"
    )
    if texts is not None:
        settings.welcome, settings.thanks = texts.get("welcome"), texts.get("thanks")
        _publish_privacy(session, settings, texts.get("privacy"), at)
    if reject_reasons is not None:
        settings.reject_reasons = [reason for reason in reject_reasons if reason] or None
    session.flush()


def notice(session: Session, version: int | None) -> PrivacyNotice | None:
    """The words that people agreed to under this version."""
    return session.scalar(select(PrivacyNotice).where(PrivacyNotice.version == version)) if version else None


def _own(session: Session) -> FormSettings:
    company_id = current_company(session)
    settings = session.get(FormSettings, company_id, with_for_update=True)
    if settings is None:
        settings = FormSettings(id=company_id, required=list(REQUIRED))
        session.add(settings)
    return settings


def _sorted_out(
    required: list[str] | None, left_out: list[str] | None, told: Sequence[dict[str, Any]], name: str
) -> tuple[list[str], list[str]]:
    """Nothing is required that is not asked for."""
    now_required, now_left_out = dict.fromkeys(required or ()), dict.fromkeys(left_out or ())
    for each in told:
        asked = each.get("asked", True)
        for names, holds in ((now_required, asked and each["required"]), (now_left_out, not asked)):
            if holds:
                names[each[name]] = None
            else:
                names.pop(each[name], None)
    return list(now_required), list(now_left_out)


def _publish_privacy(session: Session, settings: FormSettings, text: str | None, at: datetime | None) -> None:
    """Other words are another version: what somebody agreed to before can still be read."""
    if not text:
        settings.privacy_version = None
        return
    newest = session.scalar(select(PrivacyNotice).order_by(PrivacyNotice.version.desc()).limit(1))
    if newest is None or newest.text != text:
        version = newest.version + 1 if newest else 1
        newest = PrivacyNotice(id=new_id(), version=version, text=text, published_at=at)
        session.add(newest)
    settings.privacy_version = newest.version
