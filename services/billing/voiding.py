"""Taking an invoice back that should not have been issued."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.outbox import announce
from chassis.storage import find
from events.billing import InvoiceVoided
from services.billing import debts
from services.billing.model import Invoice


def void_invoice(session: Session, *, invoice_id: UUID, reason: str, at: datetime, by: str | None) -> Invoice:
    """It is owed no more, and says why. Raises `IllegalInvoiceMove` once something was paid, or twice."""
    invoice = find(session, Invoice, invoice_id, lock=True)
    invoice.void(reason=reason, at=at, by=by)
    debts.add(session, currency=invoice.currency, owed_minor=-invoice.total_minor, open_invoices=-1)
    voided = InvoiceVoided(
        invoice_id=invoice.id,
        number=invoice.number,
        installation_id=invoice.installation_id,
        reason=reason,
        voided_at=at,
        currency=invoice.currency,
        total_minor=invoice.total_minor,
    )
    announce(session, voided, entity_version=invoice.version)
    return invoice
