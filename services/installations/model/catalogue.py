"""Zones, sectors and plans; clients on their way from plan to plan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.auditing import OnBehalf
from chassis.storage import CompanyOwned, UtcDateTime
from chassis.storage.named import Named, by_name
from services.installations.errors import PlanMoveEnded
from services.installations.model.states import DONE, PAUSED, RUNNING, STOPPED
from services.installations.model.tables import Base


class Zone(Named, CompanyOwned, Base):
    """An area; its clients are served by one router."""

    __tablename__ = "zones"
    __table_args__ = (UniqueConstraint("company_id", "name"), by_name("zones"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    router_id: Mapped[UUID]


class Sector(CompanyOwned, Base):
    """The antenna that serves a client."""

    __tablename__ = "sectors"
    __table_args__ = (UniqueConstraint("company_id", "zone_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(ForeignKey("zones.id"))
    name: Mapped[str] = mapped_column(String(120))


class Plan(Named, CompanyOwned, Base):
    """Speeds in kbit/s and a price in minor units of the company's currency; of one router."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("company_id", "router_id", "name"), by_name("plans"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(120))
    download_kbps: Mapped[int]
    upload_kbps: Mapped[int]
    # What `events.shapes.ShapingShape` says beyond the highest speeds; None when there is no more.
    shaping: Mapped[dict[str, int] | None] = mapped_column(JSON)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=0)


class PlanMove(OnBehalf, CompanyOwned, Base):
    """The clients of a plan on their way to another of its router, in the order of their ids; `last_id` is how far it
    is. States: running <-> paused; both -> stopped; running -> done."""

    __tablename__ = "plan_moves"
    __table_args__ = (Index("ix_plan_moves_created", "company_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    to_plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    state: Mapped[str] = mapped_column(String(20))
    total: Mapped[int]
    moved: Mapped[int]
    last_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    from_plan: Mapped[Plan] = relationship(viewonly=True, foreign_keys=[from_plan_id])
    to_plan: Mapped[Plan] = relationship(viewonly=True, foreign_keys=[to_plan_id])

    def go_on_as(self, state: str, at: datetime) -> None:
        """Raises `PlanMoveEnded`."""
        if self.state not in (RUNNING, PAUSED):
            raise PlanMoveEnded
        self.state = state
        if state in (STOPPED, DONE):
            self.ended_at = at
