"""What the routers of a run did not take, asked of them once more: they were off, or somebody's name was in the way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.breathing import breathing
from services.installations import activation
from services.installations.model import ImportRow, Installation
from services.installations.model.installation import FAILED

AT_ONCE = 100
# By so much its version grows when it is asked for and refused again: still nobody's touch.
_VERSIONS = 2


def retry_some(session: Session, *, import_id: UUID, refused_before: datetime, at: datetime) -> bool:
    """The next of them, each once: what was asked since then is left alone. False when there are no more."""
    waiting = select(Installation).where(
        Installation.import_id == import_id, FAILED, Installation.activation_requested_at < refused_before
    )
    installations = list(session.scalars(waiting.order_by(Installation.number).limit(AT_ONCE).with_for_update()))
    for installation in breathing(installations):
        activation.ask(session, installation, at)
    ids = [each.id for each in installations]
    theirs = update(ImportRow).where(ImportRow.import_id == import_id, ImportRow.installation_id.in_(ids))
    session.execute(theirs.values(made_version=ImportRow.made_version + _VERSIONS))
    return bool(installations)
