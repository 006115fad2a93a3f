"""Installations and clients: which moves are legal, and what they change."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from chassis.auditing import DERIVED
from chassis.phones import tail
from chassis.storage import BytewiseString, CompanyOwned, UtcDateTime
from chassis.storage.searching import searchable
from chassis.storage.words import words_of
from services.installations.errors import ChangedMeanwhile, IllegalInstallationMove
from services.installations.model.agenda import USUAL_MINUTES
from services.installations.model.catalogue import Plan, Sector, Zone
from services.installations.model.ending import Ending
from services.installations.model.projected import Router, Staff
from services.installations.model.states import (
    ACTIVATING,
    ACTIVE,
    CANCELLED,
    CURRENT,
    IN_PROGRESS,
    MOVES,
    NEW,
    SEARCHED,
    TIMED_OUT,
)
from services.installations.model.tables import Base

_PENDING = text("state IN ('new', 'in_progress', 'activating')")
IF_PENDING = {"postgresql_where": _PENDING, "sqlite_where": _PENDING}
"""The agenda is short, however many clients there are."""

_FAILED = text("failure_code IS NOT NULL")
_IF_FAILED = {"postgresql_where": _FAILED, "sqlite_where": _FAILED}

_ENDED, _TO_END = text("state = 'ended'"), text("state = 'active' AND ends_on IS NOT NULL")
_IF_ENDED = {"postgresql_where": _ENDED, "sqlite_where": _ENDED}
_IF_TO_END = {"postgresql_where": _TO_END, "sqlite_where": _TO_END}


class Installation(Ending, CompanyOwned, Base):
    """A scheduled job that ends in an active client. `version` grows with every change and is told with each event."""

    __tablename__ = "installations"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("company_id", "preinstall_request_id"),
        UniqueConstraint("company_id", "router_id", "reserved_ip"),
        UniqueConstraint("company_id", "router_id", "reserved_name"),
        Index("ix_installations_agenda", "company_id", "state", "scheduled_at", "id"),
        Index("ix_installations_scheduled", "company_id", "scheduled_at", "id"),
        Index("ix_installations_created", "company_id", "created_at", "id"),
        Index("ix_installations_name", "company_id", "sort_name", "id"),
        Index("ix_installations_city", "company_id", "city_key", "id"),
        Index("ix_installations_ip", "company_id", "ip_number", "id"),
        Index("ix_installations_client_number", "company_id", "client_number", "id"),
        Index("ix_installations_activated", "company_id", "activated_at", "id"),
        *(
            Index(f"ix_installations_{part}", "company_id", f"{part}_id", "activated_at", "id")
            for part in ("zone", "router", "plan", "technician", "sector")
        ),
        *(
            Index(f"ix_installations_pending_{column}", "company_id", column, "id", **IF_PENDING)
            for column in ("scheduled_at", "created_at", "number", "sort_name")
        ),
        *(
            Index(f"ix_installations_pending_{part}", "company_id", f"{part}_id", "scheduled_at", "id", **IF_PENDING)
            for part in ("zone", "router", "plan", "technician")
        ),
        Index("ix_installations_failed", "company_id", "state", "scheduled_at", "id", **_IF_FAILED),
        Index("ix_installations_ended", "company_id", "ended_at", "id", **_IF_ENDED),
        Index("ix_installations_ended_activated", "company_id", "activated_at", "id", **_IF_ENDED),
        Index("ix_installations_to_end", "ends_on", "id", **_IF_TO_END),
        Index("ix_installations_places", "company_id", "zone_id", "latitude", "longitude"),
        Index("ix_installations_email_key", "company_id", "email_key"),
        Index("ix_installations_phone_key", "company_id", "phone_key"),
        Index("ix_installations_second_phone_key", "company_id", "second_phone_key"),
        Index("ix_installations_import", "import_id", "state"),
        Index("ix_installations_former_number", "company_id", "former_number"),
        Index("ix_installations_official_id", "company_id", "official_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    preinstall_request_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(20), default=NEW)
    version: Mapped[int] = mapped_column(default=1)
    first_name: Mapped[str] = mapped_column(String(120))
    last_name: Mapped[str] = mapped_column(String(120))
    official_id: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(320))
    address: Mapped[str] = mapped_column(String(300))
    neighbourhood: Mapped[str | None] = mapped_column(String(120))
    city: Mapped[str | None] = mapped_column(String(120))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(30))
    second_phone: Mapped[str | None] = mapped_column(String(30))
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    scheduled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_minutes: Mapped[int] = mapped_column(default=USUAL_MINUTES, server_default=str(USUAL_MINUTES))
    installation_cost_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    comments: Mapped[str | None] = mapped_column(Text)
    service_name: Mapped[str] = mapped_column(String(64))
    ip_address: Mapped[str] = mapped_column(String(15))
    mac_address: Mapped[str | None] = mapped_column(String(17))
    # The same two, empty once it is cancelled or has ended: the unique keys then let others have them.
    reserved_ip: Mapped[str | None] = mapped_column(String(15))
    reserved_name: Mapped[str | None] = mapped_column(String(64))
    zone_id: Mapped[UUID] = mapped_column(ForeignKey("zones.id"))
    router_id: Mapped[UUID]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    technician_id: Mapped[UUID]
    sector_id: Mapped[UUID | None] = mapped_column(ForeignKey("sectors.id"))
    wifi_ssid: Mapped[str | None] = mapped_column(String(32))
    sealed_wifi_password: Mapped[str | None] = mapped_column(Text)
    activation_id: Mapped[UUID | None]
    activation_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure_code: Mapped[str | None] = mapped_column(String(80))
    failure_params: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    # The newest word of provisioning about the service of a client.
    service_version: Mapped[int | None]
    # What the client's service was before the change that is under way, and the version in which it was asked.
    service_before: Mapped[dict[str, Any] | None] = mapped_column(JSON, info={DERIVED: True})
    # What a person's e-mail address and telephones are looked up by, however they are written.
    email_key: Mapped[str | None] = mapped_column(String(320), info={DERIVED: True})
    phone_key: Mapped[str | None] = mapped_column(String(8), info={DERIVED: True})
    second_phone_key: Mapped[str | None] = mapped_column(String(8), info={DERIVED: True})
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Its client's, so that lists are in their order and filtered by an index of this table alone.
    client_number: Mapped[int | None] = mapped_column(BigInteger)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What searches and filters compare with, and what lists of people are ordered by: no capitals, no accents.
    search_text: Mapped[str] = mapped_column(Text)
    city_key: Mapped[str] = mapped_column(BytewiseString(120), info={DERIVED: True})
    sort_name: Mapped[str] = mapped_column(BytewiseString(250), info={DERIVED: True})
    ip_number: Mapped[int] = mapped_column(BigInteger, info={DERIVED: True})
    import_id: Mapped[UUID | None]
    # The client's in the system that the company had before.
    former_number: Mapped[str | None] = mapped_column(String(40))
    # Of a client who was there before Alta: since when. Nobody is written to when their service is taken over.
    installed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Whether the change that was just made is one for the router.
    service_changed: ClassVar[bool] = False

    zone: Mapped[Zone] = relationship(viewonly=True)
    plan: Mapped[Plan] = relationship(viewonly=True)
    sector: Mapped[Sector | None] = relationship(viewonly=True)
    router: Mapped[Router | None] = relationship(
        viewonly=True, primaryjoin=lambda: foreign(Installation.router_id) == Router.id
    )
    technician: Mapped[Staff | None] = relationship(
        viewonly=True, primaryjoin=lambda: foreign(Installation.technician_id) == Staff.id
    )
    client: Mapped[Client | None] = relationship(viewonly=True, back_populates="installation")

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def start(self) -> None:
        """Raises `IllegalInstallationMove`, as every move does when the state does not allow it."""
        self._move("start", IN_PROGRESS)

    def ask_for_activation(self, activation_id: UUID, at: datetime) -> None:
        self._move("activate", ACTIVATING)
        self.activation_id, self.activation_requested_at = activation_id, at
        self.failure_code = self.failure_params = None

    def awaits(self, activation_id: UUID) -> bool:
        """Whether the router's word on that attempt still counts. It does after we lost patience, too."""
        waiting = self.state == ACTIVATING or (self.state == IN_PROGRESS and self.failure_code == TIMED_OUT)
        return waiting and self.activation_id == activation_id

    def confirm(self, client_number: int, at: datetime) -> None:
        """There is a client with this number."""
        self._move("confirm", ACTIVE)
        self.failure_code = self.failure_params = None
        self.client_number, self.activated_at = client_number, at
        self.index()

    def fail(self, reason_code: str, reason_params: dict[str, Any]) -> None:
        self._move("fail", IN_PROGRESS)
        self.failure_code, self.failure_params = reason_code, reason_params

    def service_refused(self, version: int, reason_code: str, reason_params: dict[str, Any]) -> None:
        """The router does not take what a client's service should become. An older word changes nothing."""
        if self.is_news(version):
            self.failure_code, self.failure_params = reason_code, reason_params

    def service_adjusted(self, version: int) -> None:
        if self.is_news(version):
            self.failure_code = self.failure_params = None

    def is_news(self, version: int) -> bool:
        """Whether provisioning says it of a client's service after all that it said before."""
        news = self.state in CURRENT and version > (self.service_version or 0)
        if news:
            self.service_version = version
        return news

    def cancel(self, reason: str | None) -> None:
        """Its address and name on the router are free again."""
        self._move("cancel", CANCELLED)
        self.cancel_reason = reason
        self.reserved_ip = self.reserved_name = self.activation_id = None

    def may_change(self, version: int | None) -> None:
        """Raises `IllegalInstallationMove`, and `ChangedMeanwhile` when the form shows an older version."""
        self._require("change")
        self._must_be(version)

    def changed(self) -> None:
        """After its fields were: an attempt on the router with what they were counts no more."""
        if self.state != ACTIVE:
            self.activation_id = None
        self.version += 1

    def reschedule(self, version: int, *, scheduled_at: datetime, technician_id: UUID, duration_minutes: int) -> bool:
        """Whether that is another visit than before. What is on the router stays as it is, so an attempt there goes on.
        Raises as `may_change` does."""
        self._require("reschedule")
        self._must_be(version)
        wanted = (scheduled_at, technician_id, duration_minutes)
        if wanted == (self.scheduled_at, self.technician_id, self.duration_minutes):
            return False
        self.scheduled_at, self.technician_id, self.duration_minutes = wanted
        self.version += 1
        return True

    def index(self) -> None:
        """Keeps what lists are searched, filtered and ordered by."""
        self.sort_name, self.city_key = searchable(self.person), searchable(self.city)
        self.ip_number = int(IPv4Address(self.ip_address))
        self.email_key = email_key(self.email)
        self.phone_key, self.second_phone_key = tail(self.phone), tail(self.second_phone)
        self.search_text = words_of(
            texts=(
                *(getattr(self, name) for name in SEARCHED),
                *(str(n) for n in (self.number, self.client_number, self.former_number) if n),
            ),
            whole=(self.email, self.ip_address),
            codes=(self.official_id, self.mac_address),
            phones=(self.phone, self.second_phone),
        )

    def _must_be(self, version: int | None) -> None:
        if version is not None and version != self.version:
            raise ChangedMeanwhile(version=self.version)

    def _move(self, how: str, state: str) -> None:
        self._require(how)
        self.state = state
        self.version += 1

    def _require(self, how: str) -> None:
        if self.state not in MOVES[how]:
            raise IllegalInstallationMove(state=self.state, move=how)


FAILED = (Installation.state == IN_PROGRESS) & Installation.failure_code.is_not(None)
"""Its router did not take it: it waits for somebody to try again."""


def email_key(email: str | None) -> str | None:
    return (email or "").strip().casefold() or None


class Client(CompanyOwned, Base):
    """An installation that was activated: the person and their service. `number` is what people call `id_servicio`."""

    __tablename__ = "clients"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index("ix_clients_activated", "company_id", "activated_at", "id"),
    )

    # One client per installation, whatever happens twice.
    id: Mapped[UUID] = mapped_column(ForeignKey("installations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    activated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    installation: Mapped[Installation] = relationship(viewonly=True, back_populates="client")
