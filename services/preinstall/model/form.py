"""What a company's form asks for, and what people agree to there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.preinstall.model.tables import Base

KINDS = ("id_front", "id_back", "proof_of_address", "coupon")
REQUIRED = ("id_front", "id_back", "proof_of_address")
"""Until the company decides otherwise."""
OPTIONAL = ("second_phone", "email", "official_id", "neighbourhood", "city", "postal_code", "comments")
"""Fields that a company may require or leave out."""


class FormSettings(CompanyOwned, Base):
    """What the company's form asks for; `id` is the company's. `required` and `left_out` are kinds of documents."""

    __tablename__ = "form_settings"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    required: Mapped[list[str]] = mapped_column(JSON)
    left_out: Mapped[list[str] | None] = mapped_column(JSON)
    required_fields: Mapped[list[str] | None] = mapped_column(JSON)
    left_out_fields: Mapped[list[str] | None] = mapped_column(JSON)
    welcome: Mapped[str | None] = mapped_column(Text)
    thanks: Mapped[str | None] = mapped_column(Text)
    # The notice that the form shows; None when it asks nobody to agree to anything.
    privacy_version: Mapped[int | None]
    reject_reasons: Mapped[list[str] | None] = mapped_column(JSON)


class PrivacyNotice(CompanyOwned, Base):
    """What people are asked to agree to. Never changed: other words are the next version."""

    __tablename__ = "privacy_notices"
    __table_args__ = (UniqueConstraint("company_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
