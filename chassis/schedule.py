"""What the clock starts: one replica at a time, at the pace that was declared."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from chassis import claimant, clock, leases, metrics
from chassis.correlation import caused_by
from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.dialect import is_database_away

# By how much a lease outlives the pace: a replica of another machine takes over that long after a crash.
MARGIN_SECONDS = 30.0

log = structlog.get_logger()


class Timer:
    """Calls `function(at)` now and every `seconds`, while it has the lease, until `stop`.

    A run that outlasts its lease may overlap with another replica's, and a run that failed is not
    made up for: what it does is to be decided by what is there and not by how often it ran.
    """

    def __init__(self, database: Database, *, lease: str, seconds: float, function: Callable[[datetime], Any]) -> None:
        self._database = database
        self._lease = lease
        self._seconds = seconds
        self._function = function
        self._holder = claimant.my_name()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Returns after `stop`, when the run at hand is done."""
        while not self._stopping.is_set():
            started = time.monotonic()
            self._tick(clock.now())
            self._stopping.wait(max(0.0, self._seconds - (time.monotonic() - started)))
        self._let_others()

    def stop(self) -> None:
        self._stopping.set()

    def _tick(self, at: datetime) -> None:
        outcome = "done"
        started = time.perf_counter()
        try:
            with caused_by(correlation_id=new_id().hex, causation_id=None):
                if not self._has_lease(at):
                    return
                self._function(at)
        except Exception as error:
            away = is_database_away(error)
            outcome = "database-away" if away else "failed"
            log.error("timer-failed", timer=self._lease, exc_info=None if away else error, error=repr(error))
        seconds = time.perf_counter() - started
        metrics.TIMER_SECONDS.labels(self._lease, outcome).observe(seconds)
        log.info("timer", timer=self._lease, outcome=outcome, ms=round(seconds * 1000, 1))

    def _has_lease(self, at: datetime) -> bool:
        seconds = self._seconds + MARGIN_SECONDS
        return leases.take(self._database, self._lease, holder=self._holder, seconds=seconds, at=at)

    def _let_others(self) -> None:
        try:
            leases.release(self._database, self._lease, holder=self._holder)
        except Exception as error:
            if not is_database_away(error):
                raise
            log.warning("lease-not-released", timer=self._lease, error=repr(error))
