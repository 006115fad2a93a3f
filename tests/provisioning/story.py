"""Playing a service's part in a test: its transactions, its jobs and what it told."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Permanent, Transient
from chassis.jobs import Job
from chassis.messages import Envelope
from chassis.storage.tables import event_log, jobs
from events.billing import ReconnectionDue, SuspensionDue
from events.installations import (
    InstallationActivationRequested,
    InstallationCancelled,
    ServiceChanged,
    ServiceEndRequested,
    ServiceEndWithdrawn,
)
from services.provisioning import activation, adjusting, bulk, outages, pools, registering, removing, watching, working
from services.provisioning.model import Account, Router
from services.provisioning.working import Workshop
from tests.provisioning.builders import an_activation_request

_HEARD = {
    InstallationActivationRequested: lambda s, event, keyring: activation.request(s, event=event, keyring=keyring),
    InstallationCancelled: lambda s, event, _: removing.cancel(s, event=event),
    ServiceChanged: lambda s, event, _: adjusting.change(s, event=event),
    ServiceEndRequested: lambda s, event, _: removing.end(s, event=event),
    ServiceEndWithdrawn: lambda s, event, _: adjusting.keep(s, event=event),
    SuspensionDue: lambda s, event, _: adjusting.suspend_due(s, event=event),
    ReconnectionDue: lambda s, event, _: adjusting.reconnect_due(s, event=event),
}


@dataclass
class Story:
    """The provisioning service of one company, its jobs done one attempt at a time by the test."""

    workshop: Workshop
    company: UUID

    def save_router(self, values: dict[str, Any]) -> UUID:
        with self.workshop.database.begin(self.company) as session:
            return registering.save(session, keyring=self.workshop.keyring, at=clock.now(), **values).id

    def hear(self, event: Any) -> None:
        with self.hearing(event):
            pass

    @contextlib.contextmanager
    def hearing(self, event: Any) -> Iterator[Session]:
        """The transaction in which it is heard, not yet committed."""
        with self.workshop.database.begin(self.company) as session:
            _HEARD[type(event)](session, event, self.workshop.keyring)
            yield session

    def activated(self, router_id: UUID, **changed: Any) -> InstallationActivationRequested:
        """A client whose service is on that router; gives the request."""
        event = an_activation_request(router_id, company_id=self.company, **changed)
        self.hear(event)
        self.attempt()
        assert self.account().state == "placed"
        return event

    def place(self, router_id: UUID, **changed: Any) -> None:
        """One more client whose service is on that router."""
        self.hear(an_activation_request(router_id, company_id=self.company, **changed))
        self.attempt()

    def adjust(self, operation: str | None) -> None:
        """As staff ask for it."""
        installation_id = self.account().installation_id
        with self.workshop.database.begin(self.company) as session:
            adjusting.adjust(session, installation_id=installation_id, operation=operation)

    def remove(self) -> None:
        installation_id = self.account().installation_id
        with self.workshop.database.begin(self.company) as session:
            removing.remove(session, installation_id=installation_id)

    def attempt(self, number: int = 1, *, last: bool = False) -> None:
        """One attempt of the account's activation, with its end committed as the job runner does it."""
        self.run(self.job(activation.APPLY), number, last=last)

    def work_off(self) -> None:
        """One attempt of every change and withdrawal that waits, until none does; raises `Transient`."""
        for _ in range(10):
            waiting = [job for kind in (adjusting.ADJUST, removing.WITHDRAW) for job in self.jobs(kind)]
            if not waiting:
                return
            self.run(waiting[0])
        raise AssertionError("the work does not end")

    def run(self, job: Job, number: int = 1, *, last: bool = False) -> None:
        """Raises `Transient` unless it is the last attempt."""
        job = dataclasses.replace(job, attempt=number)
        work, failed = self._work(job.kind)
        try:
            commit = work(job)
        except (Transient, Permanent) as error:
            if isinstance(error, Transient) and not last:
                raise
            with self.workshop.database.begin(self.company) as session:
                self._end(session, job)
                failed(session, job, error)
            return
        with self.workshop.database.begin(self.company) as session:
            self._end(session, job)
            if commit is not None:
                commit(session)

    def _work(self, kind: str) -> tuple[Any, Any]:
        return {
            activation.APPLY: (self.workshop.apply, working.apply_failed),
            adjusting.ADJUST: (self._adjust, working.adjust_failed),
            removing.WITHDRAW: (self.workshop.withdraw, working.withdraw_failed),
            watching.COMPARE: (self.workshop.compare, None),
            outages.KNOCK: (self.workshop.knock, None),
            bulk.WORK_OFF: (self._work_off_bulk, None),
            pools.READ: (self.workshop.read_addresses, None),
        }[kind]

    def _adjust(self, job: Job) -> Any:
        came_of = self.workshop.adjust([job])
        if job.id in came_of.failures:
            raise came_of.failures[job.id]
        return lambda session: came_of.commit(session, [job])

    def _work_off_bulk(self, job: Job) -> Any:
        operation_id = UUID(job.payload["operation_id"])
        return lambda session: bulk.work_off(session, operation_id=operation_id, at=clock.now())

    def _end(self, session: Any, job: Job) -> None:
        if job.kind != activation.APPLY:
            session.execute(delete(jobs).where(jobs.c.id == job.id, jobs.c.generation == job.generation))

    def job(self, kind: str) -> Job:
        """The newest of its kind."""
        return self.jobs(kind)[-1]

    def jobs(self, kind: str) -> list[Job]:
        with self.workshop.database.read(self.company) as session:
            rows = session.execute(select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.id)).mappings().all()
        return [Job(**{name: row[name] for name in Job.__slots__}) for row in rows]

    def told(self) -> list[Envelope]:
        with self.workshop.database.read_unscoped() as session:
            bodies = session.scalars(select(event_log.c.body).order_by(event_log.c.id)).all()
        return [Envelope.decode(body.encode()) for body in bodies]

    def told_types(self) -> list[str]:
        """Types, with the step of those that have one."""
        return [f"{event.type}:{event.data['step']}" if "step" in event.data else event.type for event in self.told()]

    def account(self) -> Account:
        with self.session() as session:
            return session.scalars(select(Account)).one()

    def router(self) -> Router:
        with self.session() as session:
            return session.scalars(select(Router)).one()

    def session(self) -> Any:
        return self.workshop.database.read(self.company)
