"""The service that the chassis is tested with: parcels that are sent, and what is told of them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from marshmallow import fields
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from chassis.messages import Event
from chassis.storage import CompanyOwned, UtcDateTime, make_base

Base = make_base("parcels")


class Parcel(CompanyOwned, Base):
    __tablename__ = "parcels"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, default=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))


class ParcelSent(Event, source="parcels", subject="parcel_id"):
    """A parcel left the house."""

    parcel_id = fields.UUID(required=True)
    name = fields.String(required=True)


def a_parcel(**changes: object) -> Parcel:
    return Parcel(**{"id": new_id(), "name": "books", **changes})


def sent(parcel: Parcel) -> ParcelSent:
    return ParcelSent(parcel_id=parcel.id, name=parcel.name)
