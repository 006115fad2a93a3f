"""The runner of jobs: claims what is due, works outside any transaction, commits the end with its effects."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from prometheus_client import Counter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import claimant, clock
from chassis.correlation import caused_by
from chassis.crashpoints import reached
from chassis.errors import Permanent, Refusal, Transient
from chassis.jobs import queue, waking
from chassis.jobs.queue import Job
from chassis.parking import park, told
from chassis.storage import Database
from chassis.storage.dialect import is_database_away

POLL_SECONDS = 2.0
CLAIM_SECONDS = 15.0
RENEW_SECONDS = 5.0
GRACE_SECONDS = 20.0
CANDIDATES = 50

ATTEMPTS = Counter("alta_jobs", "Attempts at jobs, by how they ended", ["kind", "outcome"])

log = structlog.get_logger()


@dataclasses.dataclass(frozen=True, slots=True)
class Together:
    """What came of jobs that were done at once: by id why some failed, and `commit(session, jobs)` for the others.

    It is called with all the others or, when that cannot be committed, with each of them alone.
    """

    failures: Mapping[UUID, Exception]
    commit: Callable[[Session, Sequence[Job]], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """How jobs of a kind are done.

    `function(job)` may talk to whoever it needs; it returns what to commit together with the job's
    end, or None. It may run twice for one job. `Transient`, and what was not foreseen, is tried
    again after 1, 2, 4, ... seconds, at most `longest_pause`, up to `attempts` times (None: for
    ever). After that, or after `Permanent` or a `Refusal`, `failed(session, job, error)` is committed.

    With `together` above 1 up to so many due jobs of one lane are done at once: `function(jobs)` returns `Together`.
    """

    kind: str
    function: Callable[[Any], Any]
    attempts: int | None = 6
    failed: Callable[[Session, Job, Exception], None] | None = None
    longest_pause: float = 300.0
    together: int = 1

    def pause(self, attempt: int) -> float:
        return min(2.0 ** min(attempt - 1, 30), self.longest_pause)


class JobRunner:
    """Runs the jobs of `works` until `stop`, at most `at_once` at a time; `spawn` starts a thread, green or plain."""

    def __init__(
        self,
        database: Database,
        works: Sequence[Work],
        *,
        spawn: Callable[[Callable[[], None]], Any] = lambda run: threading.Thread(target=run, daemon=True).start(),
        at_once: int = 8,
    ) -> None:
        self._database = database
        self._works = {work.kind: work for work in works}
        self._spawn = spawn
        self._at_once = at_once
        self._name = claimant.my_name()
        self._running: set[UUID] = set()
        self._renewed = time.monotonic()
        self._stopping = False
        self._wake = waking.sleeper()

    def run(self) -> None:
        """Returns after `stop`, when what runs has ended or had its time to."""
        pause = 0.0
        while not self._stopping:
            self._wake.wait(pause)
            self._wake.clear()
            try:
                pause = self._round()
            except Exception as error:
                if not is_database_away(error):
                    raise
                log.warning("jobs-interrupted", error=repr(error))
                pause = POLL_SECONDS
        self._let_finish()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def _round(self) -> float:
        """Starts what is due; returns how long to sleep when nothing wakes the runner."""
        self._renew_claims()
        free = self._at_once - len(self._running)
        if not free:
            return POLL_SECONDS
        with self._database.read_unscoped() as session:
            dead = [name for name in queue.claimants(session) if claimant.is_dead(name)]
            glance = queue.look(session, self._works, at=clock.now(), limit=CANDIDATES)
        if dead:
            with self._database.begin_unscoped() as session:
                queue.release(session, by=dead)
            return 0.0
        started = sum(self._start(id) for id in _one_per_lane(glance.due)[:free])
        if started:
            return 0.0
        if glance.next_at is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.0, (glance.next_at - clock.now()).total_seconds()))

    def _start(self, id: UUID) -> bool:
        at = clock.now()
        try:
            with self._database.begin_unscoped() as session:
                job = queue.claim(session, id, by=self._name, at=at, until=at + timedelta(seconds=CLAIM_SECONDS))
        except IntegrityError:
            return False  # another replica has just taken the lane
        if job is None:
            return False
        self._running.add(job.id)
        self._spawn(lambda: self._work(job))
        return True

    def _renew_claims(self) -> None:
        if self._running and time.monotonic() - self._renewed > RENEW_SECONDS:
            self._renewed = time.monotonic()
            with self._database.begin_unscoped() as session:
                until = clock.now() + timedelta(seconds=CLAIM_SECONDS)
                queue.renew(session, list(self._running), by=self._name, until=until)

    def _let_finish(self) -> None:
        ends = time.monotonic() + GRACE_SECONDS
        while self._running and time.monotonic() < ends:
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()
            self._renew_claims()

    def _work(self, job: Job) -> None:
        try:
            with caused_by(correlation_id=job.correlation_id, causation_id=str(job.id)):
                self._attempt(self._works[job.kind], job)
        except Exception as error:
            # Its claim runs out, and it is done again.
            log.error("job-interrupted", kind=job.kind, key=job.key, exc_info=error)
        finally:
            self._running.discard(job.id)
            self._wake.set()

    def _attempt(self, work: Work, job: Job) -> None:
        started = time.perf_counter()
        reached(f"job.{job.kind}.claimed")
        taken = [job, *self._companions(work, job)]
        came_of = self._do(work, taken)
        reached(f"job.{job.kind}.worked")
        ended = self._end(work, taken, came_of)
        seconds = round((time.perf_counter() - started) / len(taken), 4)
        for each in taken:
            outcome = ended[each.id]
            log.info("job", kind=each.kind, key=each.key, attempt=each.attempt, outcome=outcome, seconds=seconds)
            ATTEMPTS.labels(each.kind, outcome).inc()

    def _companions(self, work: Work, job: Job) -> list[Job]:
        if work.together == 1 or job.lane is None:
            return []
        with self._database.read_unscoped() as session:
            return queue.companions(session, job, at=clock.now(), limit=work.together - 1)

    def _do(self, work: Work, taken: list[Job]) -> Together:
        lead = taken[0]
        try:
            if work.attempts is not None and lead.attempt > work.attempts:
                raise Permanent("process-ended-each-time", attempts=work.attempts)
            return work.function(taken) if work.together > 1 else _alone(work.function(lead))
        except Exception as error:
            if is_database_away(error):
                raise
            return Together({job.id: error for job in taken}, _nothing)

    def _end(self, work: Work, taken: list[Job], came_of: Together) -> dict[UUID, str]:
        """The lane is held until the last of them has its end: the failed ones first, the one that was claimed last."""
        lead, failures = taken[0], came_of.failures
        failed = [job for job in taken[1:] if job.id in failures]
        ended = {job.id: self._fail(work, job, failures[job.id], by=None) for job in failed}
        done = [job for job in reversed(taken) if job.id not in failures]
        ended |= self._commit(work, lead, done, came_of)
        if lead.id in failures:
            ended[lead.id] = self._fail(work, lead, failures[lead.id], by=self._name)
        return ended

    def _commit(self, work: Work, lead: Job, done: list[Job], came_of: Together) -> dict[UUID, str]:
        """All in one transaction; when one of them cannot be committed, each in its own."""
        if not done:
            return {}
        try:
            with self._database.begin(lead.company_id) as session:
                until = clock.now() + timedelta(seconds=CLAIM_SECONDS)
                if len(done) > 1 and not queue.renew(session, [lead.id], by=self._name, until=until):
                    return dict.fromkeys((job.id for job in done), "superseded")
                counting = queue.end(session, done, claimed=lead, by=self._name)
                for job in done:
                    if job.id not in counting:
                        queue.begin_anew(session, job, by=self._holder(lead, job))
                came_of.commit(session, [job for job in done if job.id in counting])
            reached(f"job.{lead.kind}.committed")
            return {job.id: "done" if job.id in counting else "superseded" for job in done}
        except Exception as error:
            if is_database_away(error):
                raise
            if len(done) == 1:
                job = done[0]
                return {job.id: self._fail(work, job, error, by=self._holder(lead, job))}
            log.warning("jobs-committed-alone", kind=lead.kind, error=repr(error))
        return {id: how for each in done for id, how in self._commit(work, lead, [each], came_of).items()}

    def _holder(self, lead: Job, job: Job) -> str | None:
        return self._name if job is lead else None

    def _fail(self, work: Work, job: Job, error: Exception, *, by: str | None) -> str:
        last = work.attempts is not None and job.attempt >= work.attempts
        if last or isinstance(error, (Permanent, Refusal)):
            return self._give_up(work, job, error, by=by)
        if not isinstance(error, Transient):
            log.error("job-raised", kind=job.kind, key=job.key, exc_info=error)
        at = clock.now() + timedelta(seconds=work.pause(job.attempt))
        with self._database.begin(job.company_id) as session:
            if not queue.postpone(session, job, by=by, at=at, error=told(error)):
                queue.begin_anew(session, job, by=by)
                return "superseded"
        return "postponed"

    def _give_up(self, work: Work, job: Job, error: Exception, *, by: str | None) -> str:
        foreseen = isinstance(error, (Transient, Permanent, Refusal))
        try:
            outcome = self._end_as_failed(job, told(error), by=by, parked=not foreseen, failed=work.failed, error=error)
        except Exception as second:
            if is_database_away(second) or work.failed is None:
                raise
            # Not even its failure could be told to the business: people must look.
            log.error("job-failure-raised", kind=job.kind, key=job.key, exc_info=second)
            outcome = self._end_as_failed(job, f"{told(error)}; then {told(second)}", by=by, parked=True)
        reached(f"job.{job.kind}.committed")
        return outcome

    def _end_as_failed(
        self,
        job: Job,
        reason: str,
        *,
        by: str | None,
        parked: bool,
        failed: Any = None,
        error: Exception | None = None,
    ) -> str:
        with self._database.begin(job.company_id) as session:
            if not queue.give_up(session, job, by=by, error=reason):
                queue.begin_anew(session, job, by=by)
                return "superseded"
            if parked:
                _park(session, job, reason)
            if failed is not None:
                failed(session, job, error)
        return "failed"


def _alone(commit: Callable[[Session], None] | None) -> Together:
    return Together({}, _nothing if commit is None else lambda session, jobs: commit(session) if jobs else None)


def _nothing(_session: Session, _jobs: Sequence[Job]) -> None:
    pass


def _park(session: Session, job: Job, reason: str) -> None:
    park(
        session,
        origin="job",
        id=job.id,
        queue=job.kind,
        body=orjson.dumps(job.payload),
        headers={"key": job.key, "lane": job.lane or ""},
        error=reason,
        attempts=job.attempt,
        message_id=job.key,
        company_id=job.company_id,
    )


def _one_per_lane(due: Sequence[tuple[UUID, str | None]]) -> list[UUID]:
    lanes: set[str] = set()
    chosen = []
    for id, lane in due:
        if lane is None or lane not in lanes:
            chosen.append(id)
        if lane is not None:
            lanes.add(lane)
    return chosen
