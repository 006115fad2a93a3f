"""Clients who leave: what staff ask, and what routers said."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.calls import Call
from chassis.service import command, handles
from events.provisioning import RemovalDelayed, ServiceAbandoned, ServiceRemoved
from services.installations import ending, schemas


class EndingAnswers:
    """Entries of the service: one call each."""

    @command(takes=schemas.EndService, gives=schemas.Ending)
    def end_service(self, call: Call) -> Any:
        return ending.end(call.session, at=call.at, **call.data)

    @command(takes=schemas.OneInstallation, gives=schemas.Ending)
    def end_service_again(self, call: Call) -> Any:
        return ending.end_again(call.session, **call.data)

    @command(takes=schemas.OneInstallation, gives=schemas.Ending)
    def end_service_without_router(self, call: Call) -> Any:
        return ending.end_without_router(call.session, **call.data)

    @command(takes=schemas.OneInstallation, gives=schemas.Ending)
    def keep_service(self, call: Call) -> Any:
        return ending.keep(call.session, **call.data)

    @handles(ServiceRemoved, queue="installations.on_service_removed")
    def on_service_removed(self, session: Session, event: ServiceRemoved) -> None:
        ending.removed(session, event)

    @handles(ServiceAbandoned, queue="installations.on_service_abandoned")
    def on_service_abandoned(self, session: Session, event: ServiceAbandoned) -> None:
        ending.abandoned(session, event)

    @handles(RemovalDelayed, queue="installations.on_removal_delayed")
    def on_removal_delayed(self, session: Session, event: RemovalDelayed) -> None:
        ending.not_removed(session, event)
