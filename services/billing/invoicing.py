"""Issuing invoices: by staff, and by itself for what an installation cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from chassis.outbox import announce
from chassis.storage import current_company, find, next_number
from chassis.storage.searching import searchable
from events.billing import InvoiceIssued
from events.installations import InstallationActivated
from services.billing import debts
from services.billing.calendar import day, due
from services.billing.errors import InstallationCancelled, NothingToInvoice
from services.billing.model import OTHER_INCOME, SERIES, Article, Client, Invoice, InvoiceLine
from services.billing.paying import register_payment
from services.billing.projections import company_of
from services.billing.wording import wording

# Over any real invoice, and far below what 64 bits hold.
MOST_MINOR = 10**15


def create_invoice(
    session: Session,
    *,
    installation_id: UUID,
    kind: str,
    lines: Sequence[dict[str, Any]],
    payment: dict[str, Any] | None,
    at: datetime,
    by: str | None,
) -> Invoice:
    """Invoices a client by hand, and registers a payment at once when one is given.

    A line names an article, or has a description and a price of its own; what it says itself wins.
    """
    client = find(session, Client, installation_id)
    if client.state == "cancelled":
        raise InstallationCancelled
    company = company_of(session, current_company(session))
    invoice = issue(
        session,
        client=client,
        kind=kind,
        lines=[_line(session, line) for line in lines],
        currency=company.currency,
        issued_on=day(company, at),
    )
    if payment is not None:
        _pay_at_once(session, invoice, payment, at, by)
    return invoice


def invoice_installation_cost(session: Session, *, client: Client, event: InstallationActivated) -> Invoice | None:
    """Issues the invoice of an installation's cost, once; none for a free one."""
    occasion = cost_occasion(client.id)
    if not event.installation_cost_minor or session.scalar(select(Invoice.id).where(Invoice.occasion == occasion)):
        return None
    company = company_of(session, current_company(session))
    text = wording(company.locale)["installation-cost"]
    cost = InvoiceLine(description=text, quantity=1, unit_price_minor=event.installation_cost_minor)
    return issue(
        session,
        client=client,
        kind=OTHER_INCOME,
        lines=[cost],
        currency=event.currency,
        issued_on=day(company, event.activated_at),
        occasion=occasion,
    )


def cost_occasion(installation_id: UUID) -> str:
    return f"installation-cost/{installation_id}"


def issue(
    session: Session,
    *,
    client: Client,
    kind: str,
    lines: list[InvoiceLine],
    currency: str,
    issued_on: date,
    occasion: str | None = None,
) -> Invoice:
    """Gives an invoice its number, adds it to what is owed, and tells. Raises `NothingToInvoice`."""
    invoice = Invoice(
        id=new_id(),
        series=SERIES,
        sequence=next_number(session, f"invoice/{SERIES}"),
        kind=kind,
        occasion=occasion,
        installation_id=client.id,
        first_name=client.first_name,
        last_name=client.last_name,
        email=client.email,
        issued_on=issued_on,
        due_on=due(company_of(session, client.company_id), issued_on),
        currency=currency,
        total_minor=_total(lines),
        lines=lines,
    )
    for position, line in enumerate(lines, start=1):
        line.id, line.position = new_id(), position
    invoice.search_text = searchable(invoice.number, client.first_name, client.last_name)
    session.add(invoice)
    session.flush()
    debts.add(session, currency=currency, owed_minor=invoice.total_minor, open_invoices=1)
    announce(session, _issued(invoice), entity_version=invoice.version)
    return invoice


def _pay_at_once(session: Session, invoice: Invoice, payment: dict[str, Any], at: datetime, by: str | None) -> None:
    """What is refused about the payment is told beside the payment's own fields."""
    try:
        register_payment(session, payment_id=new_id(), invoice_id=invoice.id, at=at, by=by, **payment)
    except ValidationFailed as refused:
        fields = {f"payment.{name}": complaints for name, complaints in refused.fields.items()}
        raise ValidationFailed(refused.code, fields=fields) from refused


def _line(session: Session, line: dict[str, Any]) -> InvoiceLine:
    article = find(session, Article, line["article_id"]) if line.get("article_id") else None
    price = line.get("unit_price_minor")
    return InvoiceLine(
        article_id=article.id if article else None,
        description=line.get("description") or (article.invoice_text if article else ""),
        quantity=line["quantity"],
        unit_price_minor=article.price_minor if price is None and article else price,
    )


def _total(lines: Sequence[InvoiceLine]) -> int:
    total = sum(line.total_minor for line in lines)
    if total <= 0:
        raise NothingToInvoice("nothing-to-invoice")
    if total > MOST_MINOR:
        raise NothingToInvoice("too-much-to-invoice")
    return total


def _issued(invoice: Invoice) -> InvoiceIssued:
    names = ("description", "quantity", "unit_price_minor", "total_minor")
    return InvoiceIssued(
        invoice_id=invoice.id,
        number=invoice.number,
        kind=invoice.kind,
        installation_id=invoice.installation_id,
        first_name=invoice.first_name,
        last_name=invoice.last_name,
        email=invoice.email,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        total_minor=invoice.total_minor,
        lines=[{name: getattr(line, name) for name in names} for line in invoice.lines],
    )
