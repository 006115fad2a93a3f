"""Forgets uploads that nobody used: a form that was never sent, a page that was left."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from chassis import clock
from chassis.errors import Transient
from gateway import pieces
from gateway.model import WAITING, DeferredCommand

EVERY = timedelta(hours=1)
KEPT = timedelta(days=2)
log = structlog.get_logger()


class Tidier:
    """Works once an hour in a thread of its own, until `stop`; several gateways may do the same work."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(EVERY.total_seconds()):
            try:
                self.tidy()
            except (SQLAlchemyError, Transient, OSError) as error:
                log.warning("tidying-put-off", error=repr(error))

    def tidy(self) -> int:
        """How many uploads were forgotten: older than two days, and none that a kept command may still bring along."""
        pieces.prune(self._runtime.database, before=clock.now() - pieces.KEPT)
        forgotten = self._runtime.files.forget_staged_before(min(clock.now(), self._oldest_command()) - KEPT)
        if forgotten:
            log.info("uploads-forgotten", count=forgotten)
        return forgotten

    def stop(self) -> None:
        self._stopping.set()

    def _oldest_command(self) -> datetime:
        with self._runtime.database.read_unscoped() as session:
            oldest = session.scalar(
                select(func.min(DeferredCommand.created_at)).where(DeferredCommand.state == WAITING)
            )
        return oldest or clock.now()
