"""Forgets what nobody needs any more: uploads of forms that were never sent, codes and sessions that ended.

And tells what an older gateway did not know to tell.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from chassis import clock
from chassis.errors import Transient
from gateway import accounts, attempts, clients, codes, limiting, pieces, staff_links
from gateway.model import WAITING, Company, DeferredCommand

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
                self.forget_what_ended()
                self.tell_what_was_not_told()
            except (SQLAlchemyError, Transient, OSError) as error:
                log.warning("tidying-put-off", error=repr(error))

    def tidy(self) -> int:
        """How many uploads were forgotten: older than two days, and none that a kept command may still bring along."""
        pieces.prune(self._runtime.database, before=clock.now() - pieces.KEPT)
        forgotten = self._runtime.files.forget_staged_before(min(clock.now(), self._oldest_command()) - KEPT)
        if forgotten:
            log.info("uploads-forgotten", count=forgotten)
        return forgotten

    def forget_what_ended(self) -> None:
        """Tries that no limit counts any more, codes and links that open nothing, clients' sessions that are over."""
        at, database = clock.now(), self._runtime.database
        with database.read_unscoped() as session:
            companies = list(session.scalars(select(Company.id)))
        for company_id in companies:
            with database.begin(company_id) as session:
                codes.forget_old(session, at=at)
                clients.forget_ended(session, at=at)
                staff_links.forget_old(session, at=at)
        with database.begin_unscoped() as session:
            attempts.forget_old(session, at=at)
            limiting.forget_old(session, at=at)

    def tell_what_was_not_told(self) -> None:
        """What this gateway says of companies and an older one did not, once. Not at its start: services that come with
        it must be there before they hear it."""
        database, base_url = self._runtime.database, self._runtime.settings.base_url
        with database.read_unscoped() as session:
            companies = list(session.scalars(select(Company.id)))
        for company_id in companies:
            with database.begin(company_id) as session:
                if accounts.retell_company(session, base_url=base_url, company_id=company_id):
                    log.info("company-told-again", company_id=str(company_id))

    def stop(self) -> None:
        self._stopping.set()

    def _oldest_command(self) -> datetime:
        with self._runtime.database.read_unscoped() as session:
            oldest = session.scalar(
                select(func.min(DeferredCommand.created_at)).where(DeferredCommand.state == WAITING)
            )
        return oldest or clock.now()
