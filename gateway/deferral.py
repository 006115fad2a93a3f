"""Commands that no service could take: kept here with their key, delivered later, refusals shown to staff."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from chassis import clock
from chassis.errors import Refusal, Unavailable
from chassis.identifiers import new_id
from gateway.model import DELIVERED, REFUSED, WAITING, DeferredCommand

POLL_SECONDS = 2.0
LONGEST_PAUSE = timedelta(minutes=5)
# Its key was used: the person sent the form again, that came through, and this was the try before.
ARRIVED_ALREADY = "idempotency-key-reused"
log = structlog.get_logger()


def keep(
    runtime: Any, service: str, method: str, data: dict[str, Any], *, context: dict[str, Any], about: str | None
) -> None:
    """Stores the command. The same key again is the same command."""
    company_id, key, at = UUID(context["company_id"]), context["idempotency_key"], clock.now()
    command_id = new_id()
    request = orjson.dumps({"data": data, "context": {"asked_at": at, **context}}, default=str).decode()
    row = DeferredCommand(
        id=command_id,
        service=service,
        method=method,
        idempotency_key=key,
        about=about,
        sealed_request=runtime.keyring.seal(request, f"gateway.deferred/{command_id}"),
        created_at=at,
        next_attempt_at=at,
    )
    try:
        with runtime.database.begin(company_id) as session:
            session.add(row)
    except IntegrityError:
        log.info("command-already-kept", service=service, method=method)


class Deliverer:
    """Takes kept commands to their services, in a thread of its own, until `stop`."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(POLL_SECONDS):
            try:
                for command in self._due():
                    self._deliver(command)
            except SQLAlchemyError as error:
                log.warning("deferred-commands-away", error=repr(error))

    def stop(self) -> None:
        self._stopping.set()

    def _due(self) -> list[DeferredCommand]:
        with self._runtime.database.read_unscoped() as session:
            statement = select(DeferredCommand).where(
                DeferredCommand.state == WAITING, DeferredCommand.next_attempt_at <= clock.now()
            )
            return list(session.scalars(statement.order_by(DeferredCommand.id).limit(20)))

    def _deliver(self, command: DeferredCommand) -> None:
        sealed = self._runtime.keyring.open(command.sealed_request, f"gateway.deferred/{command.id}")
        request = orjson.loads(sealed)
        try:
            self._runtime.rpc.call(
                command.service, command.method, request["data"], context=request["context"], timeout=10.0
            )
        except Unavailable:
            self._note(command, state=WAITING)
        except Refusal as refusal:
            self._note_refused(command, refusal)
        else:
            self._note(command, state=DELIVERED)

    def _note_refused(self, command: DeferredCommand, refusal: Refusal) -> None:
        if refusal.code == ARRIVED_ALREADY:
            self._note(command, state=DELIVERED)
            return
        log.warning("deferred-command-refused", method=command.method, code=refusal.code)
        self._note(command, state=REFUSED, refusal={"code": refusal.code, "params": refusal.params})

    def _note(self, command: DeferredCommand, *, state: str, refusal: dict[str, Any] | None = None) -> None:
        with self._runtime.database.begin(command.company_id) as session:
            row = session.get(DeferredCommand, command.id)
            row.state, row.refusal, row.attempts = state, refusal, row.attempts + 1
            row.next_attempt_at = clock.now() + min(timedelta(seconds=2**row.attempts), LONGEST_PAUSE)
            if state == DELIVERED:
                row.sealed_request = ""


def waiting_for(session: Any, about: str) -> DeferredCommand | None:
    """The newest command about this entity that was not delivered yet, or was refused when it was."""
    statement = select(DeferredCommand).where(DeferredCommand.about == about, DeferredCommand.state != DELIVERED)
    return session.scalar(statement.order_by(DeferredCommand.id.desc()).limit(1))
