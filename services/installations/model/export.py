"""Lists on their way into files."""

from __future__ import annotations

from sqlalchemy import Index

from chassis.exporting.model import ExportColumns
from chassis.storage import CompanyOwned
from services.installations.model.tables import Base


class Export(ExportColumns, CompanyOwned, Base):
    """See `chassis.exporting`."""

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_created_at", "created_at"),)
