"""Which moves an invoice allows, and what each leaves owed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.billing.errors import IllegalInvoiceMove, MoreThanOwed
from services.billing.model import ISSUED, PAID, PARTLY_PAID, VOID, Invoice


def an_invoice(**changed: Any) -> Invoice:
    values = {"total_minor": 1000, "paid_minor": 0, "state": ISSUED, "version": 1, "currency": "MXN"}
    return Invoice(**(values | changed))


def take_back(invoice: Invoice) -> None:
    invoice.void(reason="Error", at=datetime(2026, 11, 20, tzinfo=UTC), by="Eva")


@pytest.mark.parametrize(
    ("amounts", "state", "balance"),
    [([], ISSUED, 1000), ([1], PARTLY_PAID, 999), ([1000], PAID, 0), ([999, 1], PAID, 0)],
)
def test_payments_lead_from_issued_over_partly_paid_to_paid(amounts, state, balance):
    invoice = an_invoice()
    for amount in amounts:
        invoice.pay(amount)
    assert (invoice.state, invoice.balance_minor, invoice.version) == (state, balance, 1 + len(amounts))


@pytest.mark.parametrize("paid", [0, 400, 1000])
def test_nobody_pays_more_than_is_owed(paid):
    invoice = an_invoice()
    if paid:
        invoice.pay(paid)
    with pytest.raises(MoreThanOwed) as refused:
        invoice.pay(1000 - paid + 1)
    assert refused.value.fields["amount_minor"][0]["params"] == {"balance_minor": 1000 - paid, "currency": "MXN"}
    assert invoice.paid_minor == paid


def test_a_void_invoice_owes_nothing_and_takes_no_money():
    invoice = an_invoice()
    take_back(invoice)
    assert (invoice.state, invoice.balance_minor) == (VOID, 0)
    with pytest.raises(IllegalInvoiceMove):
        invoice.pay(1)


@pytest.mark.parametrize("state", [PARTLY_PAID, PAID, VOID])
def test_only_an_invoice_without_payments_can_be_voided(state):
    with pytest.raises(IllegalInvoiceMove) as refused:
        take_back(an_invoice(state=state))
    assert refused.value.params == {"state": state}


def test_a_number_is_its_series_and_six_digits():
    assert an_invoice(series="A", sequence=41).number == "A-000041"
