"""Activation: from a scheduled job to a client, with the router's word for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Refusal
from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.storage import find, next_number
from events.installations import (
    InstallationActivated,
    InstallationActivationFailed,
    InstallationActivationRequested,
)
from services.installations.model import ACTIVATING, TIMED_OUT, Client, Installation, Plan
from services.installations.telling import told, told_plan


def activate(session: Session, *, installation_id: UUID, at: datetime) -> Installation:
    """Asks for the service to be put on its router. Each attempt has an id of its own."""
    installation = find(session, Installation, installation_id, lock=True)
    ask(session, installation, at)
    return installation


def activate_many(session: Session, *, installation_ids: list[UUID], at: datetime) -> list[dict[str, Any]]:
    """Each in a savepoint of its own: what is refused says why, by `code`, and holds up none of the others."""
    return [{"installation_id": each, **_attempt(session, each, at)} for each in installation_ids]


def _attempt(session: Session, installation_id: UUID, at: datetime) -> dict[str, Any]:
    try:
        with session.begin_nested():
            activate(session, installation_id=installation_id, at=at)
            session.flush()
    except Refusal as refused:
        return {"code": refused.code, "params": refused.params}
    return {"code": None, "params": {}}


def ask(session: Session, installation: Installation, at: datetime) -> None:
    """The same for one that is at hand, and nobody else's."""
    installation.ask_for_activation(new_id(), at)
    announce(session, _request(session, installation), entity_version=installation.version)


def confirm(session: Session, *, installation_id: UUID, activation_id: UUID, at: datetime) -> None:
    """The service was read back from the router: the client exists. An older attempt's word changes nothing."""
    installation = find(session, Installation, installation_id, lock=True)
    if not installation.awaits(activation_id):
        return
    since = installation.installed_at or at
    client = Client(id=installation.id, number=next_number(session, "clients"), activated_at=since)
    session.add(client)
    installation.confirm(client.number, since)
    activated = InstallationActivated(
        **told(session, installation), activation_id=activation_id, client_number=client.number, activated_at=at
    )
    announce(session, activated, entity_version=installation.version)


def fail(
    session: Session, *, installation_id: UUID, activation_id: UUID, reason_code: str, reason_params: dict[str, Any]
) -> None:
    """Back to in progress, with the reason. An older attempt's word changes nothing."""
    installation = find(session, Installation, installation_id, lock=True)
    if installation.state != ACTIVATING or installation.activation_id != activation_id:
        return
    installation.fail(reason_code, reason_params)
    failed = InstallationActivationFailed(
        installation_id=installation.id,
        activation_id=activation_id,
        reason_code=reason_code,
        reason_params=reason_params,
    )
    announce(session, failed, entity_version=installation.version)


def give_up(session: Session, *, installation_id: UUID, activation_id: UUID) -> None:
    """Nobody has answered for too long. Should the router's word come after all, it counts."""
    fail(
        session,
        installation_id=installation_id,
        activation_id=activation_id,
        reason_code=TIMED_OUT,
        reason_params={},
    )


def stuck(session: Session, *, at: datetime, patience: timedelta) -> list[Installation]:
    """The activations, of every company, that nobody has answered for longer than `patience`."""
    overdue = Installation.activation_requested_at < at - patience
    return list(session.scalars(select(Installation).where(Installation.state == ACTIVATING, overdue)))


def _request(session: Session, installation: Installation) -> InstallationActivationRequested:
    return InstallationActivationRequested(
        installation_id=installation.id,
        activation_id=installation.activation_id,
        number=installation.number,
        router_id=installation.router_id,
        service_name=installation.service_name,
        ip_address=installation.ip_address,
        mac_address=installation.mac_address,
        plan=told_plan(find(session, Plan, installation.plan_id)),
    )
