"""Registering money that came in."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.outbox import announce
from chassis.storage import current_company, find
from events.billing import PaymentRegistered
from services.billing import debts
from services.billing.calendar import day
from services.billing.errors import PaidInTheFuture, PaymentIdUsed
from services.billing.model import PAID, Invoice, Payment
from services.billing.projections import company_of


def register_payment(
    session: Session,
    *,
    payment_id: UUID,
    invoice_id: UUID,
    amount_minor: int,
    method: str,
    at: datetime,
    by: str | None,
    reference: str | None = None,
    paid_on: date | None = None,
) -> Payment:
    """Takes a payment, whole or in part, off an invoice; the same `payment_id` again changes nothing.

    Raises `MoreThanOwed`, `PaidInTheFuture`, `PaymentIdUsed` when the id means another payment, and
    `IllegalInvoiceMove` for a void invoice.
    """
    invoice = find(session, Invoice, invoice_id, lock=True)
    known = session.get(Payment, payment_id)
    if known is not None:
        if not known.is_same(invoice_id=invoice_id, amount_minor=amount_minor, method=method):
            raise PaymentIdUsed
        return known
    payment = Payment(
        id=payment_id,
        invoice_id=invoice_id,
        amount_minor=amount_minor,
        method=method,
        reference=reference,
        paid_on=_paid_on(session, paid_on, at),
        registered_at=at,
        registered_by=by,
    )
    invoice.pay(amount_minor)
    session.add(payment)
    session.expire(invoice, ["payments"])
    debts.add(
        session,
        currency=invoice.currency,
        owed_minor=-amount_minor,
        open_invoices=-1 if invoice.state == PAID else 0,
    )
    announce(session, _registered(payment, invoice), entity_version=1)
    return payment


def _paid_on(session: Session, paid_on: date | None, at: datetime) -> date:
    today = day(company_of(session, current_company(session)), at)
    if paid_on is not None and paid_on > today:
        raise PaidInTheFuture
    return paid_on or today


def _registered(payment: Payment, invoice: Invoice) -> PaymentRegistered:
    return PaymentRegistered(
        payment_id=payment.id,
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        installation_id=invoice.installation_id,
        first_name=invoice.first_name,
        last_name=invoice.last_name,
        email=invoice.email,
        method=payment.method,
        paid_on=payment.paid_on,
        currency=invoice.currency,
        amount_minor=payment.amount_minor,
        balance_minor=invoice.balance_minor,
    )
