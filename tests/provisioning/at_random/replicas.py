"""Two processes of the service that share a database: one may be killed at any time, and is started again."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from chassis import clock
from chassis.crashpoints import EXIT_CODE
from chassis.errors import Unavailable
from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.tables import inbox, jobs, parked
from tests.hosting import ROOT, HostedService

KILLED = (-9, EXIT_CODE)
STARTING_SECONDS = 120
UP_SECONDS = 30  # after which a process that was begun again should be up, on a busy machine as well


@dataclass(repr=False)
class Replicas:
    service: HostedService
    database: Database
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    begun_again_at: dict[int, float] = field(default_factory=dict)

    def start(self) -> None:
        self.processes = [self._process(), self._process()]
        ends = time.monotonic() + STARTING_SECONDS
        while not self._answers():
            assert time.monotonic() < ends, "the service does not answer"

    def _answers(self) -> bool:
        try:
            self.service.ask("list_routers", company=new_id())
        except Unavailable:
            return False
        return True

    def _process(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-m", "services.provisioning", "run"]
        return subprocess.Popen(command, cwd=ROOT, env=self.service.environment)

    def stop(self) -> None:
        self.forget_deaths()
        self.revive()
        # One that has only just begun does not know yet how to end in order.
        latest = time.monotonic() - UP_SECONDS
        just_begun = {number for number, at in self.begun_again_at.items() if at > latest}
        for process in self.processes:
            process.terminate()
        ended = dict(enumerate(process.wait(timeout=30) for process in self.processes))
        assert all(ended[number] == 0 for number in ended.keys() - just_begun), f"all end in order: {ended}"

    def kill_all(self) -> None:
        """Nothing is left of them, however the test ended."""
        for process in self.processes:
            process.kill()
            process.wait()

    def kill(self, which: int, at: str) -> None:
        """Now, or whichever reaches that place in the program first."""
        if at == "now":
            self.processes[which].kill()
            self.processes[which].wait()
        else:
            self.service.arm(at)
        self.revive()

    def revive(self) -> None:
        """Starts again what was killed; nothing else may have ended."""
        for number, process in enumerate(self.processes):
            if (ended := process.poll()) is not None:
                assert ended in KILLED, f"replica {number} ended by itself: {ended}"
                self.processes[number] = self._process()
                self.begun_again_at[number] = time.monotonic()

    def forget_deaths(self) -> None:
        shutil.rmtree(Path(self.service.environment["ALTA_CRASH_DIR"], "armed"), ignore_errors=True)

    def ask(self, method: str, *, company: UUID, command: bool = False, **data: Any) -> Any:
        """As the gateway does for staff: a command whose answer is lost is asked again under the same key."""
        key = new_id().hex if command else None
        for _ in range(4):
            self.revive()
            with contextlib.suppress(Unavailable):
                return self.service.ask(method, company=company, key=key, **data)
        raise AssertionError(f"{method} is not answered")

    # What the database says of the work.

    def handled(self, events: Collection[UUID]) -> bool:
        count = select(func.count()).select_from(inbox).where(inbox.c.event_id.in_(events))
        with self.database.read_unscoped() as session:
            return session.connection().execute(count).scalar_one() == len(events)

    def work(self, company: UUID) -> list[Any]:
        """Jobs that are not over."""
        open_jobs = select(jobs).where(jobs.c.company_id == company, jobs.c.state != "failed")
        with self.database.read_unscoped() as session:
            return list(session.connection().execute(open_jobs))

    def hurry(self, company: UUID) -> None:
        """The time between attempts passes."""
        waiting = jobs.c.company_id == company, jobs.c.state == "waiting", jobs.c.attempt > 0
        with self.database.begin_unscoped() as session:
            session.connection().execute(update(jobs).where(*waiting).values(next_attempt_at=clock.now()))

    def parked(self) -> list[str]:
        """What was given up since the last time, with why."""
        with self.database.begin_unscoped() as session:
            found = session.connection().execute(select(parked.c.queue, parked.c.error)).all()
            session.connection().execute(delete(parked))
        return [f"{queue}: {error}" for queue, error in found]


def replicas_of(service: HostedService) -> Replicas:
    copied = dataclasses.replace(service, heard=[])
    return Replicas(copied, Database(service.environment["ALTA_DATABASE_URL"]))
