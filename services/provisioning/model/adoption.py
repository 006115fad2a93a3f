"""Rows of a router that were somebody's before Alta and are to become a client's service."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned, UtcDateTime
from services.provisioning.model.tables import Base


class Adoption(CompanyOwned, Base):
    """Until the client's activation: which rows are taken over then, each by its menu, its key and its comment;
    `was` is what else it was.

    `sealed_password` is what the client's own device logs in with.
    """

    __tablename__ = "adoptions"

    installation_id: Mapped[UUID] = mapped_column(primary_key=True)
    router_id: Mapped[UUID]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sealed_password: Mapped[str | None] = mapped_column(String(1000))
    adopted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def password_context(self) -> str:
        return f"provisioning.adoption/{self.company_id}/{self.installation_id}/password"
