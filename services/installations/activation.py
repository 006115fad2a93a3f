"""Activation: from a scheduled job to a client, with the router's word for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.storage import find, next_number
from events.installations import (
    InstallationActivated,
    InstallationActivationFailed,
    InstallationActivationRequested,
)
from services.installations.model import ACTIVATING, ACTIVE, IN_PROGRESS, Client, Installation, Plan
from services.installations.telling import told, told_plan

# Provisioning gives up after seconds; after this long its answer is not coming.
PATIENCE = timedelta(minutes=10)


def activate(session: Session, *, installation_id: UUID, at: datetime) -> Installation:
    """Asks for the service to be put on its router. Each attempt has an id of its own."""
    installation = find(session, Installation, installation_id, lock=True)
    installation.move("activate", ACTIVATING)
    installation.activation_id = new_id()
    installation.activation_requested_at = at
    installation.failure_code = installation.failure_params = None
    announce(
        session,
        InstallationActivationRequested(
            installation_id=installation.id,
            activation_id=installation.activation_id,
            number=installation.number,
            router_id=installation.router_id,
            service_name=installation.service_name,
            ip_address=installation.ip_address,
            mac_address=installation.mac_address,
            plan=told_plan(find(session, Plan, installation.plan_id)),
        ),
        entity_version=installation.version,
    )
    return installation


def confirm(session: Session, *, installation_id: UUID, activation_id: UUID, at: datetime) -> None:
    """The service was read back from the router: the client exists. An older attempt's word changes nothing."""
    installation = find(session, Installation, installation_id, lock=True)
    if not _awaited(installation, activation_id):
        return
    installation.move("confirm", ACTIVE)
    client = Client(id=installation.id, number=next_number(session, "clients"), activated_at=at)
    session.add(client)
    announce(
        session,
        InstallationActivated(
            **told(session, installation), activation_id=activation_id, client_number=client.number, activated_at=at
        ),
        entity_version=installation.version,
    )


def fail(
    session: Session, *, installation_id: UUID, activation_id: UUID, reason_code: str, reason_params: dict[str, Any]
) -> None:
    """Back to in progress, with the reason. An older attempt's word changes nothing."""
    installation = find(session, Installation, installation_id, lock=True)
    if not _awaited(installation, activation_id):
        return
    installation.move("fail", IN_PROGRESS)
    installation.failure_code, installation.failure_params = reason_code, reason_params
    announce(
        session,
        InstallationActivationFailed(
            installation_id=installation.id,
            activation_id=activation_id,
            reason_code=reason_code,
            reason_params=reason_params,
        ),
        entity_version=installation.version,
    )


def stuck(session: Session, *, at: datetime) -> list[Installation]:
    """The activations, of every company, that nobody has answered for too long."""
    overdue = Installation.activation_requested_at < at - PATIENCE
    return list(session.scalars(select(Installation).where(Installation.state == ACTIVATING, overdue)))


def _awaited(installation: Installation, activation_id: UUID) -> bool:
    return installation.state == ACTIVATING and installation.activation_id == activation_id
