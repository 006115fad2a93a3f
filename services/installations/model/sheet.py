"""What printed sheets look like."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned
from services.installations.model.tables import Base


class SheetLogo(CompanyOwned, Base):
    """The company's logo as sheets show it; `id` is the company's. `source` is a data URL of a small picture."""

    __tablename__ = "sheet_logos"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_key: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text)


class SheetTemplate(CompanyOwned, Base):
    """What the printed sheet of an installation looks like: HTML with tags."""

    __tablename__ = "sheet_templates"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
