"""Staff's billing pages: what is typed is money, every complaint is beside its line, a payment is one payment."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.errors import ValidationFailed
from chassis.identifiers import new_id
from gateway.model import TECHNICIAN
from tests.gateway.pages import House, hidden, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

INSTALLATION, INVOICE = str(new_id()), str(new_id())
NEW = f"/facturas/nueva?installation_id={INSTALLATION}"
PAGE = f"/facturas/{INVOICE}"


def test_lines_are_sent_as_they_were_typed(house: House):
    _answering(house)
    article = str(new_id())
    lines = _line(0, article_id=article, description="Instalación", price="1,500.50") | _line(
        3, description="Cable", quantity="2", price="80"
    )
    assert send(house.staff(), NEW, "/facturas", **_form(**lines)).status_code == 302
    (created,) = house.services.told("billing.create_invoice")
    assert created.data["lines"] == [
        {"article_id": article, "description": "Instalación", "quantity": 1, "unit_price_minor": 150050},
        {"article_id": None, "description": "Cable", "quantity": 2, "unit_price_minor": 8000},
    ]
    assert created.data["payment"] is None


@pytest.mark.parametrize(("typed", "paid"), [("", 31000), ("100", 10000)])
def test_saved_with_a_payment_of_all_or_of_what_was_typed(house: House, typed, paid):
    _answering(house)
    lines = _line(0, description="Cable", quantity="2", price="155")
    send(house.staff(), NEW, "/facturas", **_form(action="pay", method="card", amount=typed, **lines))
    (created,) = house.services.told("billing.create_invoice")
    assert created.data["payment"] == {"amount_minor": paid, "method": "card", "reference": None}


def test_what_cannot_be_read_is_said_beside_its_line(house: House):
    _answering(house)
    lines = _line(0, description="Cable", price="mucho") | _line(2, description="Poste", quantity="dos", price="5")
    answer = send(house.staff(), NEW, "/facturas", **_form(**lines))
    assert answer.status_code == 422
    assert "Escribe una cantidad" in _line_of(answer.text, 0)
    assert "Escribe un número" in _line_of(answer.text, 2)
    assert 'value="mucho"' in _line_of(answer.text, 0)
    assert house.services.told("billing.create_invoice") == []


def test_what_the_service_refuses_is_said_beside_the_line_that_it_means(house: House):
    def refuse(data):
        raise ValidationFailed(fields={"lines.1.description": [{"code": "too-long", "params": {"max": 500}}]})

    _answering(house)
    house.services.answers["billing.create_invoice"] = refuse
    lines = _line(0, description="Cable", price="5") | _line(4, description="Poste", price="5")
    answer = send(house.staff(), NEW, "/facturas", **_form(**lines))
    assert "máximo 500" in _line_of(answer.text, 4)
    assert "máximo" not in _line_of(answer.text, 0)


def test_an_invoice_of_nothing_is_not_sent(house: House):
    _answering(house)
    assert send(house.staff(), NEW, "/facturas", **_form()).status_code == 422
    assert house.services.told("billing.create_invoice") == []


def test_a_payment_that_is_sent_twice_has_one_id(house: House):
    _answering(house)
    client = house.staff()
    page = client.get(PAGE).text
    fields = {name: hidden(page, name) for name in ("csrf_token", "key", "currency")}
    for _ in range(2):
        client.post(f"{PAGE}/pagos", data={**fields, "amount": "350.00", "method": "cash"})
    one, other = house.services.told("billing.register_payment")
    assert one.data == other.data
    assert one.data["amount_minor"] == 35000
    assert UUID(one.data["payment_id"]).hex == one.context["idempotency_key"]


def test_more_than_is_owed_is_said_in_the_companys_money(house: House):
    def refuse(data):
        params = {"balance_minor": 35000, "currency": "MXN"}
        raise ValidationFailed(fields={"amount_minor": [{"code": "more-than-owed", "params": params}]})

    _answering(house)
    house.services.answers["billing.register_payment"] = refuse
    answer = send(house.staff(), PAGE, f"{PAGE}/pagos", amount="999", method="cash", currency="MXN")
    assert "Es más de lo que se debe: $350.00." in text_of(answer.text)
    assert 'value="999"' in answer.text


def test_a_payment_taken_while_billing_is_away_is_kept_and_said_to_be(house: House):
    _answering(house)
    client = house.staff()
    page = client.get(PAGE).text
    fields = {name: hidden(page, name) for name in ("csrf_token", "key", "currency")}
    house.services.away.add("billing")
    answer = client.post(f"{PAGE}/pagos", data={**fields, "amount": "350", "method": "cash"})
    assert "Hay un pago en cola" in client.get(answer.location).text


def test_a_technician_sees_invoices_and_writes_none(house: House):
    _answering(house)
    technician = house.staff(TECHNICIAN)
    assert technician.get(PAGE).status_code == 200
    assert "Registrar pago" not in technician.get(PAGE).text
    assert technician.get(NEW).status_code == 403
    assert send(technician, PAGE, f"{PAGE}/pagos", amount="1").status_code == 403


def test_the_list_asks_for_what_was_chosen(house: House):
    _answering(house)
    answer = house.staff().get("/facturas?state=open&kind=service&search=ana")
    (asked,) = house.services.told("billing.list_invoices")
    assert (asked.data["state"], asked.data["kind"], asked.data["search"]) == ("open", "service", "ana")
    assert "A-1" in answer.text


def _form(**fields: str):
    return {"installation_id": INSTALLATION, "kind": "other_income", "action": "save", **fields}


def _line(n: int, **parts: str):
    return {f"line-{n}-{part}": value for part, value in parts.items()}


def _line_of(page: str, n: int) -> str:
    start = page.index(f'name="line-{n}-article_id"')
    return page[start : page.index("data-remove-line", start)]


def _answering(house: House):
    person = {"installation_id": INSTALLATION, "first_name": "Ana", "last_name": "García"}
    invoice = {
        **person, "invoice_id": INVOICE, "number": "A-1", "kind": "service", "state": "issued",
        "issued_on": "2026-11-01", "due_on": "2026-11-11", "currency": "MXN", "total_minor": 35000, "paid_minor": 0,
        "balance_minor": 35000, "lines": [], "payments": [], "version": 1,
    }  # fmt: skip
    house.services.answers |= {
        "billing.create_invoice": lambda data: invoice,
        "billing.get_invoice": lambda data: invoice,
        "billing.list_invoices": lambda data: {"rows": [invoice], "next": None},
        "billing.summary": lambda data: {"owed_minor": 35000, "currency": "MXN", "open_invoices": 1},
        "billing.list_articles": lambda data: {"rows": [], "next": None},
        "billing.register_payment": lambda data: {"payment_id": data["payment_id"]},
        "installations.get_installation": lambda data: person | {"number": 7},
    }
