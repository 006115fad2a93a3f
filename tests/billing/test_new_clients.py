"""What an activation brings about in billing, in whatever order and however often it is told."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from chassis.outbox import announced
from services.billing import queries
from services.billing.errors import NotKnownYet
from services.billing.model import Client, Company, Invoice, Subscription
from services.billing.projections import forget_cancelled, learn_client, learn_company
from services.billing.subscribing import begin_billing
from tests.billing.builders import activated, cancelled, company_changed, scheduled
from tests.samples import COMPANY, MARIA


def test_a_new_client_gets_a_subscription_and_the_installation_s_invoice(session):
    begin_billing(session, activated())
    assert [e.type for e in announced(session)] == ["SubscriptionOpened", "InvoiceIssued"]
    session.flush()
    account = queries.account(session, installation_id=MARIA)
    assert account["subscription"].starts_on == date(2026, 11, 24)
    assert account["balance_minor"] == 50_000
    (invoice,) = account["invoices"]
    assert (invoice.kind, invoice.lines[0].description) == ("other_income", "Costo de instalación")


def test_told_twice_it_happens_once(session):
    begin_billing(session, activated())
    begin_billing(session, activated(version=6))
    assert [e.type for e in announced(session)] == ["SubscriptionOpened", "InvoiceIssued"]


def test_a_free_installation_is_not_invoiced(session):
    begin_billing(session, activated(installation_cost_minor=0))
    assert [e.type for e in announced(session)] == ["SubscriptionOpened"]


def test_the_activation_may_arrive_before_what_came_before_it(database):
    with database.begin(COMPANY) as session:
        learn_company(session, company_changed())
        begin_billing(session, activated(first_name="Mariana"))
        learn_client(session, scheduled())
        client = session.get(Client, MARIA)
        assert (client.first_name, client.state, client.client_number) == ("Mariana", "active", 38)


def test_it_waits_for_the_company(database):
    with pytest.raises(NotKnownYet), database.begin(COMPANY) as session:
        begin_billing(session, activated())
    with database.read(COMPANY) as session:
        assert session.scalars(select(Subscription)).all() == []
        assert session.scalars(select(Invoice)).all() == []


def test_a_cancellation_waits_for_its_installation_and_outlives_older_news(database):
    with database.begin(COMPANY) as session:
        with pytest.raises(NotKnownYet):
            forget_cancelled(session, cancelled())
        learn_client(session, scheduled())
        forget_cancelled(session, cancelled())
        learn_client(session, scheduled(version=2))
        assert session.get(Client, MARIA).state == "cancelled"


def test_older_news_of_the_company_change_nothing(session):
    learn_company(session, company_changed(version=9, name="Nuevo", currency="USD"))
    learn_company(session, company_changed(version=8, name="Viejo"))
    company = session.get(Company, COMPANY)
    assert (company.name, company.currency, company.due_days) == ("Nuevo", "USD", 10)
