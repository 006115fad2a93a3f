"""Playing a service's part in a test: its transactions, its jobs and what it told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.errors import Permanent, Transient
from chassis.jobs import Job
from chassis.messages import Envelope
from chassis.storage.tables import event_log, jobs
from events.installations import InstallationActivationRequested
from services.provisioning import activation, registering, working
from services.provisioning.model import Account, Router
from services.provisioning.working import Workshop


@dataclass
class Story:
    """The provisioning service of one company, its jobs done one attempt at a time by the test."""

    workshop: Workshop
    company: UUID

    def save_router(self, values: dict[str, Any]) -> UUID:
        with self.workshop.database.begin(self.company) as session:
            return registering.save(session, keyring=self.workshop.keyring, **values).id

    def hear(self, event: InstallationActivationRequested) -> None:
        with self.workshop.database.begin(self.company) as session:
            activation.request(session, event=event, keyring=self.workshop.keyring)

    def attempt(self, number: int = 1, *, last: bool = False) -> None:
        """One attempt of the account's job, with its end committed as the job runner does it."""
        self.run(self.job(activation.APPLY), number, last=last)

    def run(self, job: Job, number: int = 1, *, last: bool = False) -> None:
        """Raises `Transient` unless it is the last attempt."""
        job = Job(**{name: getattr(job, name) for name in Job.__slots__} | {"attempt": number})
        work = self.workshop.apply if job.kind == activation.APPLY else self.workshop.withdraw
        try:
            commit = work(job)
        except (Transient, Permanent) as error:
            if isinstance(error, Transient) and not last:
                raise
            with self.workshop.database.begin(self.company) as session:
                working.give_up(session, job, error)
            return
        with self.workshop.database.begin(self.company) as session:
            if commit is not None:
                commit(session)

    def job(self, kind: str) -> Job:
        """The newest of its kind."""
        with self.workshop.database.read(self.company) as session:
            row = session.execute(select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.id.desc())).first()
        return Job(
            id=row.id,
            kind=row.kind,
            key=row.key,
            lane=row.lane,
            payload=row.payload,
            company_id=row.company_id,
            attempt=1,
            generation=row.generation,
            correlation_id=row.correlation_id,
            last_error=row.last_error,
        )

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
