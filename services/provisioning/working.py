"""The jobs: what is committed before, between and after the work at a router."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict, Permanent, Transient
from chassis.jobs import Job, Together
from chassis.secrets import Keyring
from chassis.storage import Database
from services.provisioning import (
    activation,
    adjusting,
    bringing_about,
    comparing,
    outages,
    pools,
    reading_addresses,
    reconciling,
    removing,
    verifying,
    watching,
)
from services.provisioning.ending_sessions import end_sessions, still_running
from services.provisioning.modes import SESSIONS
from services.provisioning.plan import MARKER
from services.provisioning.preparing import Work
from services.provisioning.routers import KeptConnections

Commit = Callable[[Session], None]
Observed = dict[str, str]


@dataclass(frozen=True)
class Workshop:
    """What the work needs: where the truth is kept, and the ways to the routers."""

    database: Database
    connections: KeptConnections
    keyring: Keyring

    def apply(self, job: Job) -> Commit | None:
        """One attempt to put an account on its router. Raises `Transient` or `Permanent`."""
        which = _ids(job, "account_id", "activation_id")
        with self.database.begin(job.company_id) as session:
            work = activation.begin(session, **which, attempt=job.attempt, keyring=self.keyring, at=clock.now())
        if work is None:
            return None

        def written() -> None:
            with self.database.begin(job.company_id) as session:
                activation.note_written(session, **which, attempt=job.attempt)

        try:
            observed, checks = self._bring_about(work, written)
        except Transient as failure:
            with self.database.begin(job.company_id) as session:
                more = activation.note_waiting(
                    session, **which, attempt=job.attempt, reason_code=failure.code, at=clock.now()
                )
            if more:
                raise
            raise Permanent(failure.code, **failure.params) from failure
        return lambda session: activation.confirm(session, **which, observed=observed, checks=checks, at=clock.now())

    def adjust(self, jobs: Sequence[Job]) -> Together:
        """One attempt to make the services of accounts what they should be now; the accounts are of one router.

        An account whose newer wish took over counts as done.
        """
        wishes = {job.id: (UUID(job.payload["account_id"]), UUID(job.payload["adjustment_id"])) for job in jobs}
        with self.database.begin(jobs[0].company_id) as session:
            begun = adjusting.begin(session, dict(wishes.values()), keyring=self.keyring)
        works = {id: work for id, work in begun.items() if isinstance(work, Work)}
        ended = begun | (self._adjusted(jobs[0].company_id, dict(wishes.values()), works) if works else {})
        observed = {id: row for id, row in ended.items() if isinstance(row, dict)}

        def commit(session: Session, jobs: Sequence[Job]) -> None:
            confirmed = dict(wishes[job.id] for job in jobs if wishes[job.id][0] in observed)
            adjusting.confirm(session, confirmed, observed, at=clock.now())

        failures = {job: ended[id] for job, (id, _) in wishes.items() if isinstance(ended[id], Exception)}
        return Together(failures, commit)

    def _adjusted(
        self, company_id: UUID, wishes: Mapping[UUID, UUID], works: Mapping[UUID, Work]
    ) -> dict[UUID, Observed | Exception]:
        """By account, the service's row as it was read back, or why it is not there."""
        some = next(iter(works.values()))
        try:
            with self.connections.use(some.router_id, some.endpoint) as router:
                outcomes = bringing_about.put_together(router, [work.service for work in works.values()])
                ended = dict(zip(works, outcomes, strict=True))
                to_end = {id: works[id].sessions for id, outcome in ended.items() if not isinstance(outcome, Exception)}
                kept = still_running(router, [session for sessions in to_end.values() for session in sessions])
        except Transient as failure:
            with self.database.begin(company_id) as session:
                account_id = next(iter(works))
                adjusting.note_waiting(
                    session,
                    account_id=account_id,
                    adjustment_id=wishes[account_id],
                    reason_code=failure.code,
                    at=clock.now(),
                )
            return dict.fromkeys(works, failure)
        except Permanent as refusal:
            return dict.fromkeys(works, refusal)
        for id, sessions in to_end.items():
            if stuck := kept.intersection(sessions):
                mode, key = min(stuck)
                ended[id] = Transient("session-does-not-end", menu=SESSIONS[mode].path, key=key)
        return ended

    def withdraw(self, job: Job) -> Commit | None:
        """One attempt to take an account's rows away from a router. Raises `Transient`, or `Permanent` to be told."""
        which = _ids(job, "account_id", "router_id")
        try:
            with self.database.read(job.company_id) as session:
                begun = removing.begin(session, **which, keyring=self.keyring)
            if begun is not None:
                self._take_away(job, begun, **which)
        except Transient as failure:
            with self.database.begin(job.company_id) as session:
                removing.note_waiting(
                    session, **which, reason_code=failure.code, reason_params=failure.params, at=clock.now()
                )
            raise
        except Permanent as refusal:
            with self.database.begin(job.company_id) as session:
                if removing.is_removal(session, **which):
                    raise
            # Nobody is told of what was left on a router, so nobody would ask again.
            raise Transient(refusal.code, **refusal.params) from refusal
        return lambda session: removing.confirm(session, **which, answered=begun is not None, at=clock.now())

    def _take_away(self, job: Job, begun: removing.Withdrawal, *, account_id: UUID, router_id: UUID) -> None:
        marker = f"{MARKER}{account_id}"
        with self.connections.use(router_id, begun.endpoint) as router:
            if begun.released:
                bringing_about.release(router, marker, begun.released, begun.uncut)
            bringing_about.take_away(router, marker)
            # A job of an older version does not tell them.
            end_sessions(router, job.payload.get("sessions", []))

    def compare(self, job: Job) -> Commit | None:
        """Looks at the whole of a router. One that cannot be read is noted, and looked at again another time."""
        router_id = watching.router_of(job.payload)
        try:
            with self.database.read(job.company_id) as session:
                expected = reconciling.expected_on(session, router_id, self.keyring)
        except Conflict:  # taken out of use since
            return None
        try:
            with self.connections.use(router_id, expected.endpoint) as router:
                found = comparing.compare(router, expected.services, expected.installations.keys())
        except (Transient, Permanent) as failure:
            reason = failure.code
            return lambda session: watching.note_failure(
                session, router_id=router_id, reason_code=reason, at=clock.now()
            )
        return lambda session: watching.note(
            session, router_id=router_id, expected=expected, found=found, at=clock.now()
        )

    def read_addresses(self, job: Job) -> Commit | None:
        """Looks at what of its pools a router uses. One that cannot be read is noted, and read another time."""
        router_id = UUID(job.payload["router_id"])
        with self.database.read(job.company_id) as session:
            endpoint = pools.begin_reading(session, router_id, self.keyring)
        if endpoint is None:
            return None
        try:
            with self.connections.use(router_id, endpoint) as router:
                taken = reading_addresses.read(router)
        except (Transient, Permanent) as failure:
            reason = failure.code
            return lambda session: pools.note_failure(session, router_id=router_id, reason_code=reason, at=clock.now())
        return lambda session: pools.note(session, router_id=router_id, taken=taken, at=clock.now())

    def knock(self, job: Job) -> Commit | None:
        """Whether a silent router answers again. Raises `Transient` while it does not."""
        router_id = UUID(job.payload["router_id"])
        with self.database.read(job.company_id) as session:
            endpoint = outages.begin_knocking(session, router_id=router_id, keyring=self.keyring)
        if endpoint is None:
            return None
        # A router that refuses the login answers, too.
        with contextlib.suppress(Permanent), self.connections.use(router_id, endpoint, waited_for=True) as router:
            router.rows("/system/identity", ("name",))
        return lambda session: outages.end_knocking(session, router_id=router_id)

    def _bring_about(self, work: Work, written: Callable[[], None]) -> tuple[Observed, list[verifying.Check]]:
        with self.connections.use(work.router_id, work.endpoint, waited_for=True) as router:
            observed = bringing_about.put(router, work.service, written)
            end_sessions(router, work.sessions)
            return observed, verifying.verify(router, work.service)


def apply_failed(session: Session, job: Job, error: Exception) -> None:
    """An activation ended without success: tells why."""
    activation.give_up(session, **_ids(job, "account_id", "activation_id"), attempts=job.attempt, **_reason(error))


def adjust_failed(session: Session, job: Job, error: Exception) -> None:
    """A change was refused for good."""
    adjusting.refuse(session, **_ids(job, "account_id", "adjustment_id"), **_reason(error))


def withdraw_failed(session: Session, job: Job, error: Exception) -> None:
    """A router refuses to let go of an account."""
    removing.refuse(session, **_ids(job, "account_id", "router_id"), **_reason(error))


def _ids(job: Job, *names: str) -> dict[str, Any]:
    return {name: UUID(job.payload[name]) for name in names}


def _reason(error: Exception) -> dict[str, Any]:
    return {"reason_code": getattr(error, "code", "internal-error"), "reason_params": getattr(error, "params", {})}
