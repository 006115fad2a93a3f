"""What other services told: the company, and whom it has already."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from chassis.storage.searching import searchable
from services.preinstall.model.tables import Base

CANCELLED = "cancelled"


class Company(CompanyOwned, Base):
    """What the gateway told about the company; `id` is the company's. `version` is the newest event's."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]


class Recognisable:
    """What two people have in common when they are one: kept as it is compared, empty where it is not known."""

    phone_key: Mapped[str | None] = mapped_column(String(10))
    identity_key: Mapped[str | None] = mapped_column(String(40))
    address_key: Mapped[str | None] = mapped_column(String(420))

    def recognise_by(self, *, phone: str, official_id: str | None, address: str, city: str | None) -> None:
        # Some write their country's code before the number and some do not.
        self.phone_key = re.sub(r"\D", "", phone)[-10:]
        self.identity_key = re.sub(r"\W", "", searchable(official_id)) or None
        self.address_key = " ".join(re.findall(r"\w+", searchable(address, city))) or None


class KnownInstallation(Recognisable, CompanyOwned, Base):
    """An installation or client, as far as requests go. Its e-mail in lower case; None once it was cancelled."""

    __tablename__ = "known_installations"
    __table_args__ = (
        Index("ix_known_installations_email", "company_id", "email"),
        Index("ix_known_installations_phone_key", "company_id", "phone_key"),
        Index("ix_known_installations_identity_key", "company_id", "identity_key"),
        Index("ix_known_installations_address_key", "company_id", "address_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(320))
    number: Mapped[int | None] = mapped_column(BigInteger)
    person: Mapped[str | None] = mapped_column(String(250))
    state: Mapped[str | None] = mapped_column(String(20))
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int]
