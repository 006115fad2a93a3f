"""Reads for screens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.storage import Page, current_company, find, paginate
from chassis.storage.searching import matches
from services.billing.calendar import day
from services.billing.model import OPEN, VOID, Article, Company, Debt, Invoice, Subscription
from services.billing.projections import company_of


def list_articles(session: Session, *, search: str | None, after: str | None, limit: int) -> Page:
    statement = select(Article)
    if search is not None:
        statement = statement.where(matches(Article.search_text, search))
    return paginate(session, statement, order=[(Article.name, "asc"), (Article.id, "asc")], after=after, limit=limit)


def list_invoices(
    session: Session,
    *,
    state: str | None,
    kind: str | None,
    installation_id: UUID | None,
    search: str | None,
    after: str | None,
    limit: int,
    at: datetime,
) -> Page:
    """The newest first; `state` may also be `open`: what is not paid in full, or `overdue`: and should be by now."""
    statement = select(Invoice)
    if search is not None:
        statement = statement.where(matches(Invoice.search_text, search))
    if state == "overdue":
        statement = statement.where(*_overdue(day(company_of(session, current_company(session)), at)))
    elif state is not None:
        statement = statement.where(Invoice.state.in_(OPEN if state == "open" else [state]))
    if kind is not None:
        statement = statement.where(Invoice.kind == kind)
    if installation_id is not None:
        statement = statement.where(Invoice.installation_id == installation_id)
    order = [(Invoice.issued_on, "desc"), (Invoice.id, "desc")]
    return paginate(session, statement, order=order, after=after, limit=limit)


def get_invoice(session: Session, *, invoice_id: UUID) -> Invoice:
    return find(session, Invoice, invoice_id)


def account(session: Session, *, installation_id: UUID) -> dict[str, Any]:
    """A client's subscription, newest invoices and balance; an unknown client has none of them."""
    subscription = session.scalar(select(Subscription).where(Subscription.installation_id == installation_id))
    own = Invoice.installation_id == installation_id
    newest = select(Invoice).where(own).order_by(Invoice.issued_on.desc(), Invoice.id.desc()).limit(25)
    owed = select(func.coalesce(func.sum(Invoice.total_minor - Invoice.paid_minor), 0)).where(
        own, Invoice.state != VOID
    )
    return {
        "subscription": subscription,
        "invoices": session.scalars(newest).all(),
        "currency": company_of(session, current_company(session)).currency,
        "balance_minor": int(session.scalar(owed)),
    }


def summary(session: Session) -> dict[str, Any]:
    """What the company is owed in its currency; zeros before the company itself is known."""
    company = session.get(Company, current_company(session))
    debt = session.get(Debt, (company.id, company.currency)) if company else None
    return {
        "currency": company.currency if company else None,
        "owed_minor": debt.owed_minor if debt else 0,
        "open_invoices": debt.open_invoices if debt else 0,
    }


def overdue(session: Session, *, at: datetime) -> dict[str, int]:
    """Of what the company is owed, what should have been paid by now."""
    company = session.get(Company, current_company(session))
    if company is None:
        return {"overdue_minor": 0, "overdue_invoices": 0}
    owed = func.coalesce(func.sum(Invoice.total_minor - Invoice.paid_minor), 0)
    late = select(owed, func.count()).where(*_overdue(day(company, at)), Invoice.currency == company.currency)
    amount, count = session.execute(late).one()
    return {"overdue_minor": int(amount), "overdue_invoices": count}


def _overdue(today: date) -> tuple[Any, ...]:
    return Invoice.state.in_(OPEN), Invoice.due_on < today


def terms(session: Session) -> Company:
    return company_of(session, current_company(session))
