"""Many installations or clients at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.calls import Call
from chassis.jobs import Job
from chassis.service import command, query, works
from chassis.storage import find
from services.installations import (
    schemas,
)
from services.installations.bulk import working as bulk
from services.installations.bulk.choosing import chosen_ids
from services.installations.model import BulkChange


class BulkAnswers:
    """Entries of the service: one call each."""

    @query(takes=schemas.PreviewBulkChange, gives=schemas.BulkChangePreview)
    def preview_bulk_change(self, call: Call) -> Any:
        return bulk.preview(call.session, **call.data)

    @command(takes=schemas.BeginBulkChange, gives=schemas.BulkChangeView)
    def begin_bulk_change(self, call: Call) -> Any:
        return bulk.begin(call.session, actor=call.actor, at=call.at, **call.data)

    @command(takes=schemas.OneBulkChange, gives=schemas.BulkChangeView)
    def stop_bulk_change(self, call: Call) -> Any:
        return bulk.stop(call.session, at=call.at, **call.data)

    @query(takes=schemas.Paging, gives=schemas.BulkChanges)
    def list_bulk_changes(self, call: Call) -> Any:
        return bulk.list_changes(call.session, **call.data)

    @query(takes=schemas.OneBulkChange, gives=schemas.BulkChangeView)
    def get_bulk_change(self, call: Call) -> Any:
        return find(call.session, BulkChange, call.data["change_id"])

    @query(takes=schemas.ItemsOfBulkChange, gives=schemas.BulkChangeItems)
    def list_bulk_change_items(self, call: Call) -> Any:
        return bulk.list_items(call.session, **call.data)

    @query(takes=schemas.PreviewBulkChange)
    def choose_installations(self, call: Call) -> Any:
        """The ids alone, for what another service does with many."""
        return {"installation_ids": [str(id) for id in chosen_ids(call.session, **call.data["chosen"])]}

    @works(bulk.WORK_OFF, attempts=None)
    def work_off_bulk_change(self, job: Job) -> Any:
        change_id = UUID(job.payload["change_id"])
        return lambda session: bulk.work_off(session, change_id=change_id, at=clock.now())
