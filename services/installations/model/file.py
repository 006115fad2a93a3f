"""Files of installations, later of their clients."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.auditing import DERIVED
from chassis.storage import CompanyOwned, UtcDateTime
from services.installations.model.tables import Base


class File(CompanyOwned, Base):
    """A file of an installation, later of its client. `source` names where it came from, so that it comes once."""

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("installation_id", "source"),
        Index("ix_files_installation_id", "installation_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID] = mapped_column(ForeignKey("installations.id"))
    source: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    visible_to_client: Mapped[bool]
    filename: Mapped[str] = mapped_column(String(200))
    file_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(60))
    # A small picture of it; None until somebody looks, empty when none can be made.
    preview_key: Mapped[str | None] = mapped_column(String(200), info={DERIVED: True})
    # Who of the staff, by name.
    added_by: Mapped[str | None] = mapped_column(String(200))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
