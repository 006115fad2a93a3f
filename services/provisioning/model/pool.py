"""Pools: the addresses that clients of a router are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address
from uuid import UUID

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.provisioning.model.tables import Base

Range = tuple[IPv4Address, IPv4Address]


class Pool(CompanyOwned, Base):
    """From the first to the last address, but for what is `reserved` (pairs of first and last).

    `version` grows with every change and every reading, and orders the pool's events.
    """

    __tablename__ = "pools"
    __table_args__ = (UniqueConstraint("company_id", "router_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(100))
    first_address: Mapped[str] = mapped_column(String(15))
    last_address: Mapped[str] = mapped_column(String(15))
    reserved: Mapped[list[list[str]]] = mapped_column(JSON)
    active: Mapped[bool]
    # When the router was last asked what it uses of it, and why the newest attempt came to nothing.
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_failure: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=0)

    def become(self, span: Range, reserved: Sequence[Range]) -> None:
        self.first_address, self.last_address = (str(address) for address in span)
        self.reserved = [[str(first), str(last)] for first, last in reserved]

    def overlaps(self, span: Range) -> bool:
        first, last = span
        return IPv4Address(self.first_address) <= last and first <= IPv4Address(self.last_address)

    def holds(self, address: IPv4Address) -> bool:
        return self.overlaps((address, address))
