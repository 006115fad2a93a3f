"""Keeping what the company is owed, in the transaction that changes it."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from chassis.storage import current_company
from services.billing.model import Debt


def add(session: Session, *, currency: str, owed_minor: int, open_invoices: int) -> None:
    """Changes the sums by these amounts, which may be negative. The row is locked until the transaction ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Debt).values(
        company_id=current_company(session), currency=currency, owed_minor=owed_minor, open_invoices=open_invoices
    )
    summed = {
        "owed_minor": Debt.owed_minor + statement.excluded.owed_minor,
        "open_invoices": Debt.open_invoices + statement.excluded.open_invoices,
    }
    session.execute(statement.on_conflict_do_update(index_elements=["company_id", "currency"], set_=summed))
