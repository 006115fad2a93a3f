"""Routers, and the service accounts that should be on them; which moves are legal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime, make_base
from services.provisioning.errors import AccountNotAsked, RouterInUse

Base = make_base("provisioning")

ASKED, PLACED, FAILED = "asked", "placed", "failed"

TRIED_FOR = timedelta(seconds=20)
"""How long an activation is tried, while somebody waits for it; an attempt under way is not cut short."""


class Router(CompanyOwned, Base):
    """A MikroTik that staff manage. `version` grows with every change and orders its events."""

    __tablename__ = "routers"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    tls: Mapped[bool]
    certificate_sha256: Mapped[str | None] = mapped_column(String(64))
    username: Mapped[str] = mapped_column(String(100))
    sealed_password: Mapped[str] = mapped_column(String(1000))
    mode: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool]
    # Since when it does not answer; None while it does. Told once per outage.
    lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def password_context(self) -> str:
        """What the sealed password is bound to: it cannot be moved to another router's row."""
        return f"provisioning.router/{self.company_id}/{self.id}/password"

    def change_mode(self, mode: str, *, in_use: bool) -> None:
        """Raises `RouterInUse`: what is on the router was put there in its mode, and would be left behind."""
        if mode != self.mode and in_use:
            raise RouterInUse(router=self.name)
        self.mode = mode

    def lost(self, at: datetime) -> bool:
        """Notes that the router did not answer; true when that is news."""
        if self.lost_at is not None:
            return False
        self.lost_at = at
        self.version += 1
        return True

    def answered(self) -> None:
        """Notes that it does; free when it always did."""
        if self.lost_at is not None:
            self.lost_at = None
            self.version += 1


class Account(CompanyOwned, Base):
    """A client's service as it should be on a router, and as it was last read there.

    States: asked -> placed | failed; a new request, with a new `activation_id`, makes it asked again.
    Speeds in kbit/s.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("company_id", "installation_id"),
        Index("ix_accounts_router_id", "router_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID]
    router_id: Mapped[UUID]
    # The router's mode when the work on it began.
    mode: Mapped[str | None] = mapped_column(String(20))
    service_name: Mapped[str] = mapped_column(String(100))
    ip_address: Mapped[str] = mapped_column(String(45))
    mac_address: Mapped[str | None] = mapped_column(String(17))
    download_kbps: Mapped[int]
    upload_kbps: Mapped[int]
    sealed_password: Mapped[str | None] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(20))
    activation_id: Mapped[UUID]
    # The installation's version in the newest request: an older one that arrives later is ignored.
    asked_version: Mapped[int]
    # When the first attempt of the present activation began.
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    observed: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_code: Mapped[str | None] = mapped_column(String(100))
    reason_params: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def stands(self) -> bool:
        """Whether something of it belongs on its router."""
        return self.state in (ASKED, PLACED)

    @property
    def password_context(self) -> str:
        return f"provisioning.account/{self.company_id}/{self.id}/password"

    def ask(self, *, activation_id: UUID, asked_version: int, **wanted: Any) -> None:
        """Takes a newer request over: what is wanted now, under a new activation."""
        for name, value in wanted.items():
            setattr(self, name, value)
        self.activation_id = activation_id
        self.asked_version = asked_version
        self.state = ASKED
        self.begun_at = self.reason_code = self.reason_params = None
        self.version += 1

    def begin(self, mode: str, at: datetime) -> bool:
        """An attempt begins, on a router of this mode; true when it is the first. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self.mode = mode
        first = self.begun_at is None
        self.begun_at = self.begun_at or at
        return first

    def is_overdue(self, at: datetime) -> bool:
        """Whether it was tried for so long that a person should hear of it."""
        return self.begun_at is not None and at - self.begun_at >= TRIED_FOR

    def progress(self) -> None:
        """A step of the work is behind us. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self.version += 1

    def placed(self, observed: dict[str, Any], at: datetime) -> None:
        """The router was read back as it should be. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self.state = PLACED
        self.observed = observed
        self.verified_at = at
        self.version += 1

    def failed(self, reason_code: str, reason_params: dict[str, Any]) -> None:
        """It was given up. Raises `AccountNotAsked`."""
        self._must_be_asked()
        self.state = FAILED
        self.reason_code = reason_code
        self.reason_params = reason_params
        self.version += 1

    def _must_be_asked(self) -> None:
        if self.state != ASKED:
            raise AccountNotAsked(state=self.state)
