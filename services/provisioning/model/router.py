"""Routers: how they are reached, how they suspend, and whether they answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.provisioning.errors import InterfaceMissing, RouterInUse, SuspensionNotPossible
from services.provisioning.model.tables import Base
from services.provisioning.modes import WAYS_OF
from services.provisioning.modes.suspending import PROFILE


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
    # How clients are cut here, and what that needs.
    suspend_by: Mapped[str] = mapped_column(String(20))
    suspended_list: Mapped[str] = mapped_column(String(100))
    suspended_profile: Mapped[str | None] = mapped_column(String(100))
    suspended_kbps: Mapped[int]
    # The hotspot or DHCP server that clients are at (None: all), and the interface of static ARP.
    server: Mapped[str | None] = mapped_column(String(100))
    interface: Mapped[str | None] = mapped_column(String(100))
    # Every how many hours it is compared with what should be on it (0: only when asked), and whether what
    # differs is then repaired without asking.
    compare_hours: Mapped[int] = mapped_column(default=6, server_default="6")
    repairs_itself: Mapped[bool] = mapped_column(default=False, server_default=false())
    next_compare_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why the newest comparison came to nothing.
    compare_failure: Mapped[str | None] = mapped_column(String(80))
    # How long a command may take, and how many may be under way at once.
    command_seconds: Mapped[int] = mapped_column(default=30, server_default="30")
    commands_in_flight: Mapped[int] = mapped_column(default=4, server_default="4")
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

    def must_be_able_to_serve(self) -> None:
        """Raises `SuspensionNotPossible` or `InterfaceMissing` when a setting does not fit the mode, or is missing."""
        if self.suspend_by not in WAYS_OF[self.mode]:
            raise SuspensionNotPossible("suspend_by", "not-in-this-mode")
        if self.suspend_by == PROFILE and not self.suspended_profile:
            raise SuspensionNotPossible("suspended_profile", "required")
        if self.mode == "arp" and not self.interface:
            raise InterfaceMissing

    def compare_again(self, at: datetime) -> None:
        """Sets the time of the next comparison. Routers are spread by their ids, so that not all are asked at once."""
        spread = timedelta(minutes=self.id.int % 60)
        self.next_compare_at = at + timedelta(hours=self.compare_hours) + spread if self.compare_hours else None

    def lost(self, at: datetime) -> bool:
        """Notes that the router did not answer; true when that is news."""
        if self.lost_at is not None:
            return False
        self.lost_at = at
        self.version += 1
        return True

    def answered(self) -> bool:
        """Notes that it does; true when that is news."""
        if self.lost_at is None:
            return False
        self.lost_at = None
        self.version += 1
        return True
