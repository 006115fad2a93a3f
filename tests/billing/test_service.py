"""The billing service over the broker: asked, told, told again, and told in the wrong order."""

from __future__ import annotations

import pytest

from chassis.errors import Conflict, NotFound, Unavailable, ValidationFailed
from chassis.identifiers import new_id
from tests.billing.builders import a_line, activated, company_changed, scheduled
from tests.chassis.running import eventually
from tests.hosting import HostedService, on_sqlite, prepared, started
from tests.samples import MARIA, STRANGER


@pytest.fixture
def service(database_url, amqp_uri, tmp_path):
    with started(prepared("billing", database_url=database_url, amqp_uri=amqp_uri, room=tmp_path)) as ready:
        yield ready


def acquainted(service: HostedService) -> HostedService:
    service.tell(company_changed(), scheduled())
    article = {"name": "Cable", "invoice_text": "Cable", "price_minor": 1}
    service.ask("save_article", **article)

    def knows_maria():
        try:
            return service.ask("create_invoice", key="first", **an_invoice())
        except (NotFound, Unavailable):
            return None

    eventually(knows_maria)
    return service


def an_invoice(**changed):
    return {"installation_id": str(MARIA), "kind": "other_income", "lines": [a_line()], "payment": None} | changed


def test_an_activation_is_billed_once_however_often_and_early_it_is_told(service):
    activation = activated()
    service.tell(activation, activation, activated(version=6))
    service.tell(company_changed())  # only now; the activation waits for it
    invoice = service.outcome("InvoiceIssued")
    service.tell(activation)
    assert (invoice.data["kind"], invoice.data["total_minor"]) == ("other_income", 50_000)
    account = eventually(lambda: service.ask("account", installation_id=str(MARIA)))
    assert (account["balance_minor"], len(account["invoices"])) == (50_000, 1)
    assert account["subscription"]["client_number"] == 38
    service.tell(scheduled(version=9, first_name="Mariana"))
    service.ask("create_invoice", **an_invoice())
    eventually(lambda: len(service.told("InvoiceIssued")) == 2)
    assert len(service.told("SubscriptionOpened")) == 1
    assert service.parked() == []


@on_sqlite
def test_an_invoice_is_made_paid_and_listed(service):
    acquainted(service)
    made = service.ask("create_invoice", key="once", **an_invoice(payment={"amount_minor": 900, "method": "cash"}))
    again = service.ask("create_invoice", key="once", **an_invoice(payment={"amount_minor": 900, "method": "cash"}))
    assert again == made
    assert (made["number"], made["state"], made["balance_minor"]) == ("A-000002", "partly_paid", 89_000)
    assert [payment["amount_minor"] for payment in made["payments"]] == [900]
    payment = {"payment_id": str(new_id()), "invoice_id": made["invoice_id"], "amount_minor": 89_000, "method": "card"}
    paid = service.ask("register_payment", reference="F-1", **payment)
    assert service.ask("register_payment", reference="F-1", **payment) == paid
    assert (paid["registered_by"], paid["reference"]) == ("Eva Ruiz", "F-1")
    seen = service.ask("get_invoice", invoice_id=made["invoice_id"])
    assert (seen["state"], seen["balance_minor"], len(seen["payments"])) == ("paid", 0, 2)
    owed = {"currency": "MXN", "owed_minor": 89_900, "open_invoices": 1}
    assert service.ask("summary") == owed | {"overdue_minor": 0, "overdue_invoices": 0}
    assert service.ask("list_invoices", state="overdue")["rows"] == []
    listed = service.ask("list_invoices", search="lópez", limit=1)
    assert [row["number"] for row in listed["rows"]] == ["A-000002"]
    rest = service.ask("list_invoices", search="lópez", limit=1, after=listed["next"])
    assert [row["number"] for row in rest["rows"]] == ["A-000001"]
    assert rest["next"] is None
    eventually(lambda: len(service.told("PaymentRegistered")) == 2)
    with pytest.raises(Conflict, match="illegal-invoice-move"):
        service.ask("void_invoice", invoice_id=made["invoice_id"], reason="Error")
    void = service.ask("void_invoice", invoice_id=rest["rows"][0]["invoice_id"], reason="Error")
    assert (void["state"], void["void_reason"], void["voided_by"]) == ("void", "Error", "Eva Ruiz")
    assert service.outcome("InvoiceVoided").data["number"] == "A-000001"


@on_sqlite
def test_what_is_refused_says_where(service):
    acquainted(service)
    with pytest.raises(ValidationFailed) as refused:
        service.ask("create_invoice", **an_invoice(kind="gift", lines=[{"quantity": 0}]))
    assert {"kind", "lines.0.quantity"} <= refused.value.fields.keys()
    with pytest.raises(ValidationFailed) as refused:
        service.ask("create_invoice", **an_invoice(lines=[{"quantity": 1}]))
    assert refused.value.fields.keys() == {"lines.0.description", "lines.0.unit_price_minor"}
    with pytest.raises(ValidationFailed) as refused:
        service.ask("create_invoice", **an_invoice(payment={"amount_minor": 89_901, "method": "cash"}))
    assert refused.value.fields["payment.amount_minor"][0]["code"] == "more-than-owed"
    assert service.ask("summary")["open_invoices"] == 1
    with pytest.raises(NotFound):
        service.ask("create_invoice", company=STRANGER, **an_invoice())
    with pytest.raises(ValidationFailed) as refused:
        service.ask("save_article", name="Cable", invoice_text="Cable", price_minor=2)
    assert refused.value.fields["name"][0]["code"] == "article-name-taken"


@on_sqlite
def test_articles_are_found_and_terms_changed(service):
    acquainted(service)
    service.ask("save_article", name="Antena", invoice_text="Antena 5 GHz", price_minor=120_000)
    assert [row["name"] for row in service.ask("list_articles")["rows"]] == ["Antena", "Cable"]
    assert [row["price_minor"] for row in service.ask("list_articles", search="5 ghz")["rows"]] == [120_000]
    assert service.ask("terms") == {"due_days": 10}
    assert service.ask("change_terms", due_days=20) == {"due_days": 20}
    service.ask("change_terms", key="k", due_days=1)
    with pytest.raises(Conflict):
        service.ask("change_terms", key="k", due_days=2)
