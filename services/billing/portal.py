"""What clients see of their own account: what they owe, their invoices, and what they paid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from services.billing import queries
from services.billing.model import Invoice, Payment

NEWEST = 25


def account_of(session: Session, *, installation_id: UUID) -> dict[str, Any]:
    """The balance, and the newest invoices and payments."""
    paid = select(Payment, Invoice).join(Invoice, Invoice.id == Payment.invoice_id)
    paid = paid.where(Invoice.installation_id == installation_id)
    newest = session.execute(paid.order_by(Payment.paid_on.desc(), Payment.id.desc()).limit(NEWEST))
    payments = [{"payment": payment, "invoice": invoice} for payment, invoice in newest]
    return queries.account(session, installation_id=installation_id) | {"payments": payments}


def invoice_of(session: Session, *, installation_id: UUID, invoice_id: UUID) -> Invoice:
    """Raises `NotFound` for another client's invoice, as for one that there is not."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None or invoice.installation_id != installation_id:
        raise NotFound
    return invoice
