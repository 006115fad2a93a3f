"""The billing service: what it answers, and what it listens to."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.calls import Call
from chassis.service import Service, command, handles, query
from events.gateway import CompanyChanged
from events.installations import (
    InstallationActivated,
    InstallationCancelled,
    InstallationChanged,
    InstallationScheduled,
    ServiceChanged,
    ServiceEnded,
    ServiceEndPlanned,
    ServiceEndRequested,
    ServiceEndWithdrawn,
)
from services.billing import (
    articles,
    ending,
    invoicing,
    paying,
    portal,
    projections,
    queries,
    schemas,
    subscribing,
    voiding,
)
from services.billing import terms as own_terms
from services.billing.model import Base
from services.billing.settings import BillingSettings


class Billing(Service):
    name = "billing"
    base = Base
    settings_class = BillingSettings

    # Articles.

    @query(takes=schemas.ArticleSearch, gives=schemas.Articles)
    def list_articles(self, call: Call) -> Any:
        return queries.list_articles(call.session, **call.data)

    @command(takes=schemas.SaveArticle, gives=schemas.Article)
    def save_article(self, call: Call) -> Any:
        return articles.save_article(call.session, **call.data)

    # Invoices and payments.

    @command(takes=schemas.CreateInvoice, gives=schemas.Invoice)
    def create_invoice(self, call: Call) -> Any:
        return invoicing.create_invoice(call.session, at=call.at, by=call.actor.name, **call.data)

    @query(takes=schemas.InvoiceSearch, gives=schemas.Invoices)
    def list_invoices(self, call: Call) -> Any:
        return queries.list_invoices(call.session, at=call.at, **call.data)

    @query(takes=schemas.OneInvoice, gives=schemas.Invoice)
    def get_invoice(self, call: Call) -> Any:
        return queries.get_invoice(call.session, **call.data)

    @command(takes=schemas.RegisterPayment, gives=schemas.Payment)
    def register_payment(self, call: Call) -> Any:
        return paying.register_payment(call.session, at=call.at, by=call.actor.name, **call.data)

    @command(takes=schemas.VoidInvoice, gives=schemas.Invoice)
    def void_invoice(self, call: Call) -> Any:
        return voiding.void_invoice(call.session, at=call.at, by=call.actor.name, **call.data)

    @query(takes=schemas.OneInstallation, gives=schemas.Account)
    def account(self, call: Call) -> Any:
        return queries.account(call.session, **call.data)

    @query(takes=schemas.Nothing, gives=schemas.Summary)
    def summary(self, call: Call) -> Any:
        return queries.summary(call.session) | queries.overdue(call.session, at=call.at)

    # What clients see of their own.

    @query(takes=schemas.OneInstallation, gives=schemas.OwnAccount, clients=True)
    def account_for_client(self, call: Call) -> Any:
        return portal.account_of(call.session, **call.data)

    @query(takes=schemas.OwnInvoiceRef, gives=schemas.OwnInvoice, clients=True)
    def invoice_for_client(self, call: Call) -> Any:
        return portal.invoice_of(call.session, **call.data)

    # The company's own choices.

    @query(takes=schemas.Nothing, gives=schemas.Terms)
    def terms(self, call: Call) -> Any:
        return queries.terms(call.session)

    @command(takes=schemas.Terms, gives=schemas.Terms)
    def change_terms(self, call: Call) -> Any:
        return own_terms.change_terms(call.session, **call.data)

    # What others tell.

    @handles(CompanyChanged, queue="billing.on_company_changed")
    def on_company_changed(self, session: Session, event: CompanyChanged) -> None:
        projections.learn_company(session, event)

    @handles(InstallationScheduled, queue="billing.on_installation_scheduled")
    def on_installation_scheduled(self, session: Session, event: InstallationScheduled) -> None:
        projections.learn_client(session, event)

    @handles(InstallationChanged, queue="billing.on_installation_changed")
    def on_installation_changed(self, session: Session, event: InstallationChanged) -> None:
        projections.learn_client(session, event)

    @handles(ServiceChanged, queue="billing.on_service_changed")
    def on_service_changed(self, session: Session, event: ServiceChanged) -> None:
        projections.learn_client(session, event)

    @handles(InstallationCancelled, queue="billing.on_installation_cancelled")
    def on_installation_cancelled(self, session: Session, event: InstallationCancelled) -> None:
        projections.forget_cancelled(session, event)

    @handles(InstallationActivated, queue="billing.on_installation_activated")
    def on_installation_activated(self, session: Session, event: InstallationActivated) -> None:
        subscribing.begin_billing(session, event)

    @handles(ServiceEndPlanned, queue="billing.on_service_end_planned")
    def on_service_end_planned(self, session: Session, event: ServiceEndPlanned) -> None:
        ending.plan_end(session, event)

    @handles(ServiceEndRequested, queue="billing.on_service_end_requested")
    def on_service_end_requested(self, session: Session, event: ServiceEndRequested) -> None:
        ending.plan_end(session, event)

    @handles(ServiceEndWithdrawn, queue="billing.on_service_end_withdrawn")
    def on_service_end_withdrawn(self, session: Session, event: ServiceEndWithdrawn) -> None:
        ending.go_on(session, event)

    @handles(ServiceEnded, queue="billing.on_service_ended")
    def on_service_ended(self, session: Session, event: ServiceEnded) -> None:
        ending.end_billing(session, event)
