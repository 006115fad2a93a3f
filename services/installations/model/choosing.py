"""What lists are narrowed by, by its names, and when the last of them was another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from chassis.storage import CompanyOwned
from chassis.storage.triggers import Kept, keep
from services.installations.model.catalogue import Plan, Sector, Zone
from services.installations.model.projected import Router, Staff
from services.installations.model.tables import Base

CHOICES: dict[str, Any] = {"zones": Zone, "technicians": Staff, "routers": Router, "plans": Plan, "sectors": Sector}


class ChoiceRevision(CompanyOwned, Base):
    """Another number after each that comes, goes or has another name; the database counts, whoever changes one."""

    __tablename__ = "choice_revisions"

    company_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)


_NEXT = (
    "INSERT INTO choice_revisions (company_id, revision) VALUES ({row}.company_id, 1) "
    "ON CONFLICT (company_id) DO UPDATE SET revision = choice_revisions.revision + 1"
)
for _model in CHOICES.values():
    _counted = dict.fromkeys(("postgresql", "sqlite"), _NEXT)
    keep(
        Base.metadata,
        Kept(
            name=f"{_model.__tablename__}_choices",
            into=(ChoiceRevision.__tablename__, "revision"),
            table=_model.__tablename__,
            watched=("{row}.name",),
            insert=_counted,
            delete=_counted,
        ),
    )
