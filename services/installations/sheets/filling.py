"""A template with the data of one installation."""

from __future__ import annotations

from html import escape
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.secrets import Keyring
from chassis.storage import find
from chassis.tags import Html, fill_in, unknown_tags
from services.installations.errors import NotKnownYet
from services.installations.model import Installation, SheetTemplate
from services.installations.projections import company_of
from services.installations.sheets import logos
from services.installations.sheets.paper import page
from services.installations.sheets.sanitising import sanitise
from services.installations.sheets.tags import TAGS, Subject
from services.installations.wifi import Wifi, wifi_of

# Where nothing is known there is a line to write on.
BLANK = '<span class="blank"></span>'


def fill(
    session: Session,
    *,
    installation_id: UUID,
    template_id: UUID | None = None,
    content: str | None = None,
    keyring: Keyring | None,
) -> dict[str, Any]:
    """The page, and the tags in it that stand for nothing. `content` is a text that is still being written.

    Without `keyring` the Wi-Fi data stay blank.
    """
    installation, company = find(session, Installation, installation_id), company_of(session)
    text = sanitise(content) if content is not None else _template(session, template_id).content
    wifi = wifi_of(installation, keyring) if keyring else Wifi(None, None)
    subject = Subject(company, installation, wifi, logos.shown(session, company))
    unknown = unknown_tags(text, TAGS)
    filled = fill_in(text, lambda tag: TAGS[tag](subject) if tag in TAGS else _marked(tag), blank=BLANK)
    title = f"{company.name} {installation.number}"
    return {"page": page(filled, title=title, language=company.locale[:2]), "unknown_tags": unknown, "title": title}


def fill_several(session: Session, *, installation_ids: list[UUID], keyring: Keyring | None) -> list[str]:
    """The pages of some installations by the company's usual template, in that order."""
    return [fill(session, installation_id=one, keyring=keyring)["page"] for one in installation_ids]


def _marked(tag: str) -> Html:
    """What stands for nothing is seen where it is."""
    return Html(f"<mark>{{{{ {escape(tag)} }}}}</mark>")


def _template(session: Session, template_id: UUID | None) -> SheetTemplate:
    if template_id is not None:
        return find(session, SheetTemplate, template_id)
    default = session.scalars(select(SheetTemplate).where(SheetTemplate.is_default)).one_or_none()
    if default is None:  # it comes with the company
        raise NotKnownYet("company-not-known-yet")
    return default
