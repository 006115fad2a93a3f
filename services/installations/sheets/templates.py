"""Templates of sheets: one per language to begin with, and what staff makes of them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.storage import find
from chassis.tags import unknown_tags
from services.installations.errors import ChangedMeanwhile, FieldRefused, LastTemplate
from services.installations.model import SheetTemplate
from services.installations.sheets.sanitising import sanitise
from services.installations.sheets.tags import TAGS

_FOLDER = Path(__file__).parent
NAMES = {"es": "Hoja de instalación", "en": "Installation sheet"}


def seed(session: Session, *, locale: str) -> None:
    """What a company begins with; the one of its language is the default. Later on it changes nothing."""
    if session.scalar(select(SheetTemplate.id).limit(1)) is not None:
        return
    own = locale[:2] if locale[:2] in NAMES else "en"
    for language, name in NAMES.items():
        content = (_FOLDER / f"sheet.{language}.html").read_text(encoding="utf-8")
        session.add(SheetTemplate(id=new_id(), name=name, content=content, is_default=language == own))


def save(
    session: Session, *, name: str, content: str, is_default: bool, template_id: UUID | None, version: int | None
) -> SheetTemplate:
    """Makes or changes one. Raises `FieldRefused` for a name that is taken, for no text and for tags that do not
    exist, and `ChangedMeanwhile`."""
    template = find(session, SheetTemplate, template_id, lock=True) if template_id else SheetTemplate(id=new_id())
    if template_id and version is not None and version != template.version:
        raise ChangedMeanwhile(version=template.version)
    if session.scalar(select(SheetTemplate.id).where(SheetTemplate.name == name, SheetTemplate.id != template.id)):
        raise FieldRefused("name", "template-name-taken")
    if unknown := unknown_tags(content, TAGS):
        raise FieldRefused("content", "unknown-tag", tags=unknown)
    template.name, template.content = name, sanitise(content)
    if not template.content.strip():
        raise FieldRefused("content", "required")
    template.version = (template.version or 0) + 1
    session.add(template)
    if is_default:
        make_default(session, template)
    return template


def make_default(session: Session, template: SheetTemplate) -> None:
    session.flush()
    session.execute(update(SheetTemplate).values(is_default=SheetTemplate.id == template.id))
    template.is_default = True


def delete(session: Session, *, template_id: UUID) -> None:
    """Raises `LastTemplate`: something must be there to print with. Another becomes the default in its place."""
    template = find(session, SheetTemplate, template_id, lock=True)
    other = session.scalar(
        select(SheetTemplate).where(SheetTemplate.id != template.id).order_by(SheetTemplate.name).limit(1)
    )
    if other is None:
        raise LastTemplate
    if template.is_default:
        make_default(session, other)
    session.delete(template)
