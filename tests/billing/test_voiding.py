"""An invoice that is taken back: owed no more, its number used, and only while nothing was paid."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.outbox import announced
from services.billing import invoicing, paying, queries, voiding
from services.billing.errors import IllegalInvoiceMove
from services.billing.subscribing import begin_billing
from tests.billing.builders import a_line, acquaint, activated
from tests.samples import COMPANY, MARIA, STRANGER

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def an_invoice(session):
    return invoicing.create_invoice(
        session, installation_id=MARIA, kind="service", lines=[a_line()], payment=None, at=AT, by=None
    )


def void(session, invoice):
    return voiding.void_invoice(session, invoice_id=invoice.id, reason="Se facturó dos veces", at=AT, by="Eva")


def test_a_void_invoice_is_owed_no_more_and_keeps_its_number(session):
    first = an_invoice(session)
    void(session, first)
    second = an_invoice(session)
    assert (first.state, first.void_reason, first.voided_by) == ("void", "Se facturó dos veces", "Eva")
    assert (first.number, second.number) == ("A-000001", "A-000002")
    assert queries.summary(session) == {"currency": "MXN", "owed_minor": 89_900, "open_invoices": 1}
    assert queries.account(session, installation_id=MARIA)["balance_minor"] == 89_900
    assert [event.type for event in announced(session)] == ["InvoiceIssued", "InvoiceVoided", "InvoiceIssued"]


def test_what_was_paid_or_voided_stays_as_it_is(session):
    invoice = an_invoice(session)
    paying.register_payment(
        session, payment_id=new_id(), invoice_id=invoice.id, amount_minor=1, method="cash", at=AT, by=None
    )
    with pytest.raises(IllegalInvoiceMove):
        void(session, invoice)
    other = an_invoice(session)
    void(session, other)
    with pytest.raises(IllegalInvoiceMove):
        void(session, other)
    assert queries.summary(session) == {"currency": "MXN", "owed_minor": 89_899, "open_invoices": 1}


def test_the_cost_of_an_installation_is_not_invoiced_again_because_its_invoice_was_voided(session):
    begin_billing(session, activated())
    (invoice,) = queries.account(session, installation_id=MARIA)["invoices"]
    void(session, invoice)
    begin_billing(session, activated(version=6))
    assert len(queries.account(session, installation_id=MARIA)["invoices"]) == 1


def test_a_stranger_cannot_void_our_invoice(database):
    with database.begin(COMPANY) as session:
        acquaint(session)
        invoice = an_invoice(session)
    with database.begin(STRANGER) as theirs, pytest.raises(NotFound, match="invoice-not-found"):
        void(theirs, invoice)
