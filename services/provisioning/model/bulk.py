"""Bulk operations: one wish for many services, worked off in pieces, with what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.auditing import OnBehalf
from chassis.storage import CompanyOwned, UtcDateTime
from services.provisioning.errors import BulkEnded
from services.provisioning.model.tables import Base

RUNNING, PAUSED, STOPPED, DONE = "running", "paused", "stopped", "done"
WAITING, ASKED, FAILED, LEFT_OUT = "waiting", "asked", "failed", "left_out"
"""Of an item, which may be `DONE` as well: not begun; the router is being asked; refused; never begun."""


class BulkOperation(OnBehalf, CompanyOwned, Base):
    """States: running <-> paused; both -> stopped; running -> done. `routers`: on how many the services are."""

    __tablename__ = "bulk_operations"
    __table_args__ = (Index("ix_bulk_operations_created", "company_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    total: Mapped[int]
    routers: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def pause(self) -> None:
        """Raises `BulkEnded`, as the other two do."""
        self._go_on_as(PAUSED)

    def resume(self) -> None:
        self._go_on_as(RUNNING)

    def stop(self, at: datetime) -> None:
        self._go_on_as(STOPPED)
        self.ended_at = at

    def finish(self, at: datetime) -> None:
        self.state, self.ended_at = DONE, at

    def _go_on_as(self, state: str) -> None:
        if self.state not in (RUNNING, PAUSED):
            raise BulkEnded
        self.state = state


class BulkItem(CompanyOwned, Base):
    """One service of a bulk operation. `position` counts within its router, so that all routers get on evenly."""

    __tablename__ = "bulk_items"
    __table_args__ = (
        Index("ix_bulk_items_state", "operation_id", "state", "position"),
        Index("ix_bulk_items_name", "operation_id", "service_name", "installation_id"),
    )

    operation_id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    service_name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_code: Mapped[str | None] = mapped_column(String(100))
    reason_params: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    def ask(self, at: datetime) -> None:
        self.state, self.asked_at = ASKED, at

    def done(self) -> None:
        self.state = DONE

    def fail(self, reason_code: str, reason_params: dict[str, Any] | None = None) -> None:
        self.state, self.reason_code, self.reason_params = FAILED, reason_code, reason_params
