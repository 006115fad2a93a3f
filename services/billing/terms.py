"""The company's own choices about its invoices."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.storage import current_company
from services.billing.model import Company
from services.billing.projections import company_of


def change_terms(session: Session, *, due_days: int) -> Company:
    """From the next invoice on, one is due `due_days` after its date."""
    company = company_of(session, current_company(session))
    company.due_days = due_days
    return company
