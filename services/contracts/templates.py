"""Templates of contracts: two to begin with, and what staff makes of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.storage import find
from services.contracts.errors import TemplateNameTaken
from services.contracts.model import Template
from services.contracts.sanitising import sanitise
from services.contracts.tags import check_tags
from services.contracts.wording import LANGUAGES, default_template, is_language_of, wording


def seed_templates(session: Session, *, locale: str) -> None:
    """One per language; the one of the company's language is the default."""
    for language in LANGUAGES:
        template = Template(
            id=new_id(),
            name=wording(language)["template_name"],
            content=default_template(language),
            is_default=is_language_of(language, locale),
        )
        session.add(template)


def save_template(session: Session, *, name: str, content: str, template_id: UUID | None = None) -> Template:
    """Makes or changes a template. Raises `UnknownTags`, `TemplateNameTaken`. Contracts keep the text they have."""
    template = find(session, Template, template_id, lock=True) if template_id else Template(id=new_id())
    if session.scalar(select(Template.id).where(Template.name == name, Template.id != template.id)):
        raise TemplateNameTaken
    check_tags(content)
    template.name, template.content = name, sanitise(content)
    if template_id is None:
        template.is_default = session.scalar(select(Template.id).limit(1)) is None
    session.add(template)
    return template
