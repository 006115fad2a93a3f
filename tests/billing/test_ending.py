"""BIL-4: a client leaves: nothing after the last day is invoiced, what is owed stays owed and may be paid."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from chassis.identifiers import new_id
from chassis.outbox import announced
from events.installations import ServiceEnded, ServiceEndPlanned, ServiceEndRequested, ServiceEndWithdrawn
from services.billing import ending, paying, queries
from services.billing.errors import NotKnownYet
from services.billing.model import Client, Invoice, Subscription
from services.billing.subscribing import begin_billing
from tests.billing.builders import activated
from tests.samples import MARIA, told

DECEMBER, NOVEMBER = "2026-12-31", "2026-11-30"


def planned(version, ends_on=DECEMBER):
    return told(ServiceEndPlanned, installation_id=MARIA, version=version, ends_on=ends_on)


def requested(version, ends_on=DECEMBER):
    return told(ServiceEndRequested, installation_id=MARIA, version=version, ends_on=ends_on)


def withdrawn(version):
    return told(ServiceEndWithdrawn, installation_id=MARIA, version=version)


def ended(version, **changed):
    return told(ServiceEnded, installation_id=MARIA, version=version, ends_on=DECEMBER, **changed)


def subscription(session):
    session.flush()
    return session.scalars(select(Subscription)).one()


def types(session):
    return [event.type for event in announced(session)]


def test_the_subscription_ends_with_the_service_once_and_the_debt_stays(session):
    begin_billing(session, activated())
    ending.plan_end(session, requested(6))
    assert (subscription(session).ends_on, subscription(session).closed_at) == (date(2026, 12, 31), None)
    for version in (7, 7, 8):
        ending.end_billing(session, ended(version))
    assert types(session) == ["SubscriptionOpened", "InvoiceIssued", "SubscriptionClosed"]
    account = queries.account(session, installation_id=MARIA)
    assert (account["balance_minor"], session.get(Client, MARIA).state) == (50_000, "ended")
    (invoice,) = account["invoices"]
    paying.register_payment(
        session, payment_id=new_id(), invoice_id=invoice.id, amount_minor=50_000, method="cash",
        at=subscription(session).closed_at, by=None,
    )  # fmt: skip
    assert invoice.state == "paid" and types(session)[-1] == "PaymentRegistered"


def test_the_newest_word_on_the_last_day_counts_in_whatever_order_it_comes(session):
    with pytest.raises(NotKnownYet):
        ending.plan_end(session, planned(6))
    begin_billing(session, activated())
    ending.plan_end(session, planned(8))
    ending.plan_end(session, planned(6, NOVEMBER))
    assert subscription(session).ends_on == date(2026, 12, 31)
    ending.go_on(session, withdrawn(9))
    ending.plan_end(session, requested(7, NOVEMBER))
    assert (subscription(session).ends_on, subscription(session).closed_at) == (None, None)
    ending.end_billing(session, ended(12))
    ending.go_on(session, withdrawn(11))
    ending.plan_end(session, requested(10, NOVEMBER))
    assert subscription(session).ends_on == date(2026, 12, 31) and subscription(session).closed_at


@pytest.mark.parametrize(("reason", "state"), [("moved", "issued"), ("import-undone", "void")])
def test_who_was_a_client_only_by_an_import_owes_no_installation(session, reason, state):
    begin_billing(session, activated())
    ending.end_billing(session, ended(7, reason_code=reason))
    assert session.scalars(select(Invoice)).one().state == state
    assert queries.summary(session)["owed_minor"] == (0 if state == "void" else 50_000)
