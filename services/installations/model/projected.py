"""What other services told, kept for our own questions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from chassis.storage.named import Named, by_name
from services.installations.model.tables import Base


class Company(CompanyOwned, Base):
    """What the gateway told about the company; `id` is the company's. `version` is the newest event's."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(64))
    tax_id: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(320))
    logo_file_key: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int]


class Router(Named, CompanyOwned, Base):
    """What the provisioning service told about a router."""

    __tablename__ = "routers"
    __table_args__ = (by_name("routers"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool]
    version: Mapped[int]


class Pool(CompanyOwned, Base):
    """What the provisioning service told about the addresses that clients of a router are given.

    `reserved`: pairs of first and last address that nobody is given. `version` and `read_version` are the newest
    events'.
    """

    __tablename__ = "pools"
    __table_args__ = (Index("ix_pools_router_id", "company_id", "router_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(100))
    first_address: Mapped[str] = mapped_column(String(15))
    last_address: Mapped[str] = mapped_column(String(15))
    reserved: Mapped[list[list[str]]] = mapped_column(JSON)
    active: Mapped[bool]
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=0)
    read_version: Mapped[int] = mapped_column(default=0)


class TakenAddress(CompanyOwned, Base):
    """An address of a pool that the router uses for something else than a service of ours, when last read.

    `fixed`: somebody wrote it there; else it comes and goes with a device.
    """

    __tablename__ = "taken_addresses"

    pool_id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(15), primary_key=True)
    menu: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    fixed: Mapped[bool]


class Staff(Named, CompanyOwned, Base):
    """What the gateway told about a member of staff; the technicians are chosen among them."""

    __tablename__ = "staff"
    __table_args__ = (by_name("staff"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool]
    version: Mapped[int]

    @property
    def may_install(self) -> bool:
        """In a small company the owner climbs too."""
        return self.active and self.role != "read_only"
