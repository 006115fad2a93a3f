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
from chassis.storage.searching import searchable
from events.installations import InstallationCancelled, InstallationChanged, InstallationScheduled
from services.installations.errors import FieldRefused, RequestAlreadyApproved
from services.installations.model import CANCELLED, IN_PROGRESS, Installation, Plan, Sector, Staff, Zone
from services.installations.projections import company_of
from services.installations.telling import told


def schedule(
    session: Session,
    *,
    keyring: Keyring,
    at: datetime,
    installation_id: UUID | None,
    preinstall_request_id: UUID | None,
    **form: Any,
) -> Installation:
    """Creates an installation; with `preinstall_request_id`, out of that request, once.

    Raises `FieldRefused` for what does not fit together, `RequestAlreadyApproved`.
    """
    _not_approved_before(session, preinstall_request_id)
    installation = Installation(
        id=installation_id or new_id(),
        number=next_number(session, "installations"),
        preinstall_request_id=preinstall_request_id,
        currency=company_of(session, current_company(session)).currency,
        created_at=at,
        version=1,
        state="new",
    )
    _fill(session, installation, keyring, form)
    session.add(installation)
    session.flush()
    announce(session, InstallationScheduled(**told(session, installation)), entity_version=installation.version)
    return installation


def change(
    session: Session, *, keyring: Keyring, installation_id: UUID, version: int | None, **form: Any
) -> Installation:
    """Raises `ChangedMeanwhile` when `version` is not the newest, `IllegalInstallationMove`, `FieldRefused`."""
    installation = find(session, Installation, installation_id)
    installation.require("change")
    installation.expect(version)
    _fill(session, installation, keyring, form)
    installation.version += 1
    session.flush()
    announce(session, InstallationChanged(**told(session, installation)), entity_version=installation.version)
    return installation


def start(session: Session, *, installation_id: UUID) -> Installation:
    """The technician is on the way: new → in progress."""
    installation = find(session, Installation, installation_id)
    installation.move("start", IN_PROGRESS)
    announce(session, InstallationChanged(**told(session, installation)), entity_version=installation.version)
    return installation


def cancel(session: Session, *, installation_id: UUID, reason: str | None) -> Installation:
    """The job will not be done; its address and name on the router are free again."""
    installation = find(session, Installation, installation_id)
    installation.move("cancel", CANCELLED)
    installation.cancel_reason = reason
    installation.reserved_ip = installation.reserved_name = None
    announce(
        session,
        InstallationCancelled(installation_id=installation.id, reason=reason),
        entity_version=installation.version,
    )
    return installation


def _not_approved_before(session: Session, request_id: UUID | None) -> None:
    if request_id is None:
        return
    number = session.scalar(select(Installation.number).where(Installation.preinstall_request_id == request_id))
    if number is not None:
        raise RequestAlreadyApproved(number=number)


def _fill(session: Session, installation: Installation, keyring: Keyring, form: dict[str, Any]) -> None:
    """What staff typed, once it fits together."""
    _check(session, installation, form)
    password = form.pop("wifi_password", None)
    for name, value in form.items():
        setattr(installation, name, value)
    if password:
        installation.sealed_wifi_password = keyring.seal(password, _wifi_context(installation))
    installation.reserved_ip, installation.reserved_name = installation.ip_address, installation.service_name
    installation.search_text = searchable(
        f"{installation.first_name} {installation.last_name}",
        installation.official_id,
        installation.email,
        installation.address,
        installation.neighbourhood,
        installation.phone,
        installation.second_phone,
        installation.service_name,
        installation.ip_address,
        installation.mac_address,
        str(installation.number),
    )


def wifi_password(keyring: Keyring, installation: Installation) -> str | None:
    """For the technician's sheet."""
    sealed = installation.sealed_wifi_password
    return keyring.open(sealed, _wifi_context(installation)) if sealed else None


def _wifi_context(installation: Installation) -> str:
    # On a new row the company is filled in by the flush; the id alone is unique over all companies.
    return f"installations.wifi/{installation.id}"


def _check(session: Session, installation: Installation, form: dict[str, Any]) -> None:
    zone = _chosen(session, Zone, "zone_id", form["zone_id"])
    if form["router_id"] != zone.router_id:
        raise FieldRefused("router_id", "router-not-of-zone", zone=zone.name)
    plan = _chosen(session, Plan, "plan_id", form["plan_id"])
    if plan.router_id != form["router_id"]:
        raise FieldRefused("plan_id", "plan-not-of-router")
    if not plan.active and plan.id != installation.plan_id:
        raise FieldRefused("plan_id", "plan-not-active")
    technician = _chosen(session, Staff, "technician_id", form["technician_id"])
    if not technician.active and technician.id != installation.technician_id:
        raise FieldRefused("technician_id", "technician-not-active")
    if form["sector_id"] and _chosen(session, Sector, "sector_id", form["sector_id"]).zone_id != zone.id:
        raise FieldRefused("sector_id", "sector-not-of-zone")
    _free(session, installation, form, "ip_address", Installation.reserved_ip, "ip-taken")
    _free(session, installation, form, "service_name", Installation.reserved_name, "service-name-taken")


def _chosen(session: Session, model: type[Any], field: str, identity: UUID) -> Any:
    row = session.get(model, identity)
    if row is None or row.company_id != current_company(session):
        raise FieldRefused(field, "not-found")
    return row


def _free(
    session: Session, installation: Installation, form: dict[str, Any], field: str, column: Any, code: str
) -> None:
    """Nobody else has it on this router; the error says who does."""
    other = session.execute(
        select(Installation.number, Installation.first_name, Installation.last_name).where(
            Installation.router_id == form["router_id"], column == form[field], Installation.id != installation.id
        )
    ).first()
    if other is not None:
        raise FieldRefused(field, code, number=other.number, name=f"{other.first_name} {other.last_name}")
