"""The jobs: what is committed before, between and after the work at a router."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Permanent, Transient
from chassis.jobs import Job
from chassis.secrets import Keyring
from chassis.storage import Database, find
from services.provisioning import activation, bringing_about
from services.provisioning.activation import Work
from services.provisioning.model import Router
from services.provisioning.plan import MARKER
from services.provisioning.routers import KeptConnections

Commit = Callable[[Session], None]


@dataclass(frozen=True)
class Workshop:
    """What the work needs: where the truth is kept, and the ways to the routers."""

    database: Database
    connections: KeptConnections
    keyring: Keyring

    def apply(self, job: Job) -> Commit | None:
        """One attempt to put an account on its router. Raises `Transient` or `Permanent`."""
        which = {
            "account_id": UUID(job.payload["account_id"]),
            "activation_id": UUID(job.payload["activation_id"]),
        }
        with self.database.begin(job.company_id) as session:
            work = activation.begin(session, **which, attempt=job.attempt, keyring=self.keyring, at=clock.now())
        if work is None:
            return None
        try:
            observed = self._put(work, job)
        except Transient as failure:
            with self.database.begin(job.company_id) as session:
                more = activation.note_waiting(
                    session, **which, attempt=job.attempt, reason_code=failure.code, at=clock.now()
                )
            if more:
                raise
            raise Permanent(failure.code, **failure.params) from failure
        return lambda session: activation.confirm(session, **which, observed=observed, at=clock.now())

    def withdraw(self, job: Job) -> Commit | None:
        """One attempt to take an account's rows away from a router. Raises `Transient` or `Permanent`."""
        account_id, router_id = UUID(job.payload["account_id"]), UUID(job.payload["router_id"])
        with self.database.read(job.company_id) as session:
            endpoint = activation.begin_withdrawal(
                session, account_id=account_id, router_id=router_id, keyring=self.keyring
            )
        if endpoint is None:
            return None
        with self.connections.use(router_id, endpoint) as router:
            bringing_about.take_away(router, f"{MARKER}{account_id}")
        return lambda session: find(session, Router, router_id).answered()

    def _put(self, work: Work, job: Job) -> dict[str, str]:
        def written() -> None:
            with self.database.begin(job.company_id) as session:
                activation.note_written(
                    session, account_id=work.account_id, activation_id=work.activation_id, attempt=job.attempt
                )

        with self.connections.use(work.router_id, work.endpoint) as router:
            return bringing_about.put(router, work.service, written)


def give_up(session: Session, job: Job, error: Transient | Permanent | Exception) -> None:
    """An account's job ended without success: tells why."""
    activation.give_up(
        session,
        account_id=UUID(job.payload["account_id"]),
        activation_id=UUID(job.payload["activation_id"]),
        attempts=job.attempt,
        reason_code=getattr(error, "code", "internal-error"),
        reason_params=getattr(error, "params", {}),
    )
