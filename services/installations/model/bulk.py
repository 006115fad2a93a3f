"""One wish for many installations or clients, worked off in pieces, with what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.auditing import OnBehalf
from chassis.storage import CompanyOwned, UtcDateTime
from services.installations.errors import BulkChangeEnded
from services.installations.model.catalogue import DONE, RUNNING, STOPPED
from services.installations.model.installation import Installation
from services.installations.model.tables import Base

WAITING, REFUSED, LEFT_OUT = "waiting", "refused", "left_out"
"""Of an item, which may be `DONE` as well."""


class BulkChange(OnBehalf, CompanyOwned, Base):
    """States: running -> done or stopped. `wanted` is what the action needs to know: a reason, a technician, a day."""

    __tablename__ = "bulk_changes"
    __table_args__ = (Index("ix_bulk_changes_created", "company_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def stop(self, at: datetime) -> None:
        """What was done stays so. Raises `BulkChangeEnded`."""
        if self.state != RUNNING:
            raise BulkChangeEnded
        self.state, self.ended_at = STOPPED, at

    def finish(self, at: datetime) -> None:
        self.state, self.ended_at = DONE, at


class BulkChangeItem(CompanyOwned, Base):
    """One installation of a bulk change, in the order of the list that it was chosen in."""

    __tablename__ = "bulk_change_items"
    __table_args__ = (Index("ix_bulk_change_items_state", "change_id", "state", "position"),)

    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID] = mapped_column(ForeignKey("installations.id"), primary_key=True)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    reason_code: Mapped[str | None] = mapped_column(String(100))
    reason_params: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    installation: Mapped[Installation] = relationship(viewonly=True)

    def refuse(self, code: str, params: dict[str, Any]) -> None:
        self.state, self.reason_code, self.reason_params = REFUSED, code, params
