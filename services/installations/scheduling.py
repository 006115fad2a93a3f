"""Putting installations on the agenda, changing them, taking them off."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.secrets import Keyring
from chassis.storage import current_company, find, next_number
from events.installations import InstallationCancelled, InstallationChanged, InstallationScheduled
from services.installations import changing, wifi
from services.installations.agenda import moving
from services.installations.agenda.diary import rules_of
from services.installations.checking import check_form
from services.installations.errors import RequestAlreadyApproved
from services.installations.model import ACTIVE, IN_PROGRESS, NEW, ON_THE_ROUTER, PENDING, Installation
from services.installations.projections import company_of
from services.installations.telling import told


def schedule(
    session: Session,
    *,
    keyring: Keyring,
    at: datetime,
    installation_id: UUID | None = None,
    preinstall_request_id: UUID | None = None,
    begun: bool = False,
    **form: Any,
) -> Installation:
    """Creates an installation; with `preinstall_request_id`, out of that request, once; in progress if `begun`.

    An `installation_id` that is there already is answered with what is there. Raises `FormRefused`
    for what does not fit together, and `RequestAlreadyApproved`.
    """
    if (existing := _existing(session, installation_id)) is not None:
        return existing
    _not_approved_before(session, preinstall_request_id)
    installation = Installation(
        id=installation_id or new_id(),
        company_id=current_company(session),
        state=IN_PROGRESS if begun else NEW,
        version=1,
        preinstall_request_id=preinstall_request_id,
        currency=company_of(session).currency,
        created_at=at,
    )
    despite = form.pop("despite", None)
    check_form(session, installation, form)
    installation.number = next_number(session, "installations")
    fill(session, installation, keyring, form)
    session.add(installation)
    session.flush()
    if despite is not None:
        moving.must_be_known(session, [installation], despite=despite, at=at)
    announce(session, InstallationScheduled(**told(session, installation)), entity_version=installation.version)
    return installation


def change(
    session: Session,
    *,
    keyring: Keyring,
    at: datetime,
    installation_id: UUID,
    version: int | None,
    begun: bool = False,
    **form: Any,
) -> Installation:
    """Raises `ChangedMeanwhile` when `version` is not the newest, `IllegalInstallationMove`, `FormRefused`.

    `begun`: what was new is in progress.
    """
    despite = form.pop("despite", None)
    installation = find(session, Installation, installation_id, lock=True)
    installation.may_change(version)
    check_form(session, installation, form)
    service = changing.service_of(installation)
    on_the_router = [getattr(installation, name) for name in ON_THE_ROUTER]
    visit, before = _visit(installation), installation.scheduled_at
    fill(session, installation, keyring, form)
    installation.changed()
    if begun and installation.state == NEW:
        installation.start()
    session.flush()
    if despite is not None and installation.state in PENDING and visit != _visit(installation):
        moving.must_be_known(session, [installation], despite=despite, at=at)
    moved = on_the_router != [getattr(installation, name) for name in ON_THE_ROUTER]
    installation.service_changed = installation.state == ACTIVE and moved
    if installation.service_changed:
        changing.remember(installation, service)
        changing.tell_service(session, installation)
    else:
        moving.tell_rescheduled(session, installation, before)
    return installation


def _visit(installation: Installation) -> tuple[Any, ...]:
    return installation.scheduled_at, installation.duration_minutes, installation.technician_id


def start(session: Session, *, installation_id: UUID) -> Installation:
    """The technician is on the way: new → in progress."""
    installation = find(session, Installation, installation_id, lock=True)
    installation.start()
    announce(session, InstallationChanged(**told(session, installation)), entity_version=installation.version)
    return installation


def cancel(session: Session, *, installation_id: UUID, reason: str | None) -> Installation:
    """The job will not be done."""
    installation = find(session, Installation, installation_id, lock=True)
    installation.cancel(reason)
    cancelled = InstallationCancelled(installation_id=installation.id, reason=reason)
    announce(session, cancelled, entity_version=installation.version)
    return installation


def _existing(session: Session, installation_id: UUID | None) -> Installation | None:
    if installation_id is None:
        return None
    return session.scalar(select(Installation).where(Installation.id == installation_id))


def _not_approved_before(session: Session, request_id: UUID | None) -> None:
    if request_id is None:
        return
    approved = session.scalar(select(Installation).where(Installation.preinstall_request_id == request_id))
    if approved is not None:
        raise RequestAlreadyApproved(number=approved.number, installation_id=str(approved.id))


def fill(session: Session, installation: Installation, keyring: Keyring, form: dict[str, Any]) -> None:
    """What was checked becomes the installation's."""
    password = form.pop("wifi_password", None)
    minutes = form.pop("duration_minutes", None) or installation.duration_minutes
    installation.duration_minutes = minutes or rules_of(session).visit_minutes
    for name, value in form.items():
        setattr(installation, name, value)
    wifi.keep_password(installation, keyring, password)
    installation.reserved_ip, installation.reserved_name = installation.ip_address, installation.service_name
    installation.index()
