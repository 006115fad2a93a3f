"""What a comparison found on a router, kept until the next one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.provisioning.model.tables import Base


class FoundDifference(CompanyOwned, Base):
    """One row of a router; `installation_id` is None for what belongs to no client."""

    __tablename__ = "differences"
    __table_args__ = (
        Index("ix_differences_router_id", "company_id", "router_id"),
        Index("ix_differences_name", "company_id", "name", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    installation_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(20))
    menu: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    properties: Mapped[list[str]] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
