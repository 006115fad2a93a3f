"""Money that comes in: partly, in whole, twice, too much, at the same moment."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.outbox import announced
from services.billing import invoicing, paying, queries
from services.billing.errors import MoreThanOwed, PaidInTheFuture, PaymentIdUsed
from services.billing.model import Invoice
from tests.billing.builders import a_line, acquaint
from tests.overlapping import overlapping
from tests.samples import COMPANY, MARIA, STRANGER

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def an_invoice(session) -> Invoice:
    return invoicing.create_invoice(
        session, installation_id=MARIA, kind="service", lines=[a_line()], payment=None, at=AT, by=None
    )


@pytest.fixture
def invoice(session) -> Invoice:
    return an_invoice(session)


def pay(session, invoice, amount, **changed):
    values = {"payment_id": new_id(), "invoice_id": invoice.id, "method": "cash", "at": AT, "by": "Eva"}
    payment = paying.register_payment(session, amount_minor=amount, **(values | changed))
    session.flush()
    return payment


def test_part_after_part_until_nothing_is_owed(session, invoice):
    pay(session, invoice, 89_899)
    assert queries.summary(session) == {"currency": "MXN", "owed_minor": 1, "open_invoices": 1}
    payment = pay(session, invoice, 1)
    assert (invoice.state, payment.paid_on) == ("paid", date(2026, 11, 20))
    assert queries.summary(session) == {"currency": "MXN", "owed_minor": 0, "open_invoices": 0}
    assert [e.data["balance_minor"] for e in announced(session) if e.type == "PaymentRegistered"] == [1, 0]
    assert [p.amount_minor for p in queries.get_invoice(session, invoice_id=invoice.id).payments] == [89_899, 1]


def test_the_same_payment_twice_is_one(session, invoice):
    first = pay(session, invoice, 500)
    again = pay(session, invoice, 500, payment_id=first.id)
    assert again is first
    assert invoice.paid_minor == 500
    assert [e.type for e in announced(session)].count("PaymentRegistered") == 1


@pytest.mark.parametrize("other", [{"amount_minor": 501}, {"method": "card"}])
def test_the_id_of_another_payment_is_refused(session, invoice, other):
    first = pay(session, invoice, 500)
    values = {"amount_minor": 500} | other
    with pytest.raises(PaymentIdUsed):
        pay(session, invoice, values.pop("amount_minor"), payment_id=first.id, **values)


def test_too_much_is_refused_beside_the_field(session, invoice):
    with pytest.raises(MoreThanOwed) as refused:
        pay(session, invoice, 89_901)
    assert refused.value.fields["amount_minor"][0]["code"] == "more-than-owed"
    assert queries.summary(session)["owed_minor"] == 89_900


def test_money_of_tomorrow_is_refused(session, invoice):
    with pytest.raises(PaidInTheFuture):
        pay(session, invoice, 1, paid_on=date(2026, 11, 21))
    assert pay(session, invoice, 1, paid_on=date(2026, 11, 2)).paid_on == date(2026, 11, 2)


def test_a_stranger_cannot_pay_our_invoice(database):
    with database.begin(COMPANY) as session:
        acquaint(session)
        invoice = an_invoice(session)
    with database.begin(STRANGER) as theirs, pytest.raises(NotFound, match="invoice-not-found"):
        pay(theirs, invoice, 1)


def test_two_who_pay_all_of_it_at_the_same_moment_pay_it_once(database):
    with database.begin(COMPANY) as session:
        acquaint(session)
        invoice = an_invoice(session)

    @contextlib.contextmanager
    def paying_all():
        with database.begin(COMPANY) as session:
            pay(session, invoice, 89_900)
            yield session

    def pay_it_too() -> None:
        with paying_all():
            pass

    assert isinstance(overlapping(database, paying_all, pay_it_too), MoreThanOwed)
    with database.read(COMPANY) as session:
        assert queries.summary(session) == {"currency": "MXN", "owed_minor": 0, "open_invoices": 0}
