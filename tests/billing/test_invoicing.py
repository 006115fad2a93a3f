"""Issuing invoices by hand: their sums, numbers and dates, and what is told."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from chassis.errors import NotFound
from chassis.outbox import announced
from chassis.storage import Database
from services.billing import articles, invoicing, queries, terms
from services.billing.errors import InstallationCancelled, NothingToInvoice
from services.billing.model import Invoice
from services.billing.projections import forget_cancelled
from tests.billing.builders import a_line, acquaint, cancelled
from tests.samples import COMPANY, MARIA, STRANGER

# 22:30 of the day before in Mexico City.
AT = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)


def create(session, lines=None, **changed):
    values = {"installation_id": MARIA, "kind": "other_income", "payment": None, "at": AT, "by": "Eva"}
    return invoicing.create_invoice(session, lines=lines or [a_line()], **(values | changed))


def test_the_total_is_exact_and_the_event_tells_all_of_it(session):
    invoice = create(session, [a_line(quantity=3, unit_price_minor=33), a_line(unit_price_minor=1)])
    assert (invoice.number, invoice.total_minor, invoice.balance_minor) == ("A-000001", 100, 100)
    (told,) = announced(session)
    assert told.type == "InvoiceIssued"
    assert told.data["total_minor"] == 100
    assert [line["total_minor"] for line in told.data["lines"]] == [99, 1]
    assert told.data["first_name"] == "María"


def test_the_day_is_the_company_s_and_it_is_due_after_its_terms(session):
    invoice = create(session)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 10, 31), date(2026, 11, 10))
    terms.change_terms(session, due_days=3)
    assert create(session).due_on == date(2026, 11, 3)


def test_an_article_gives_its_text_and_price_and_the_line_may_say_otherwise(session):
    article = articles.save_article(session, name="Antena", invoice_text="Antena 5 GHz", price_minor=120_000)
    session.flush()
    taken = a_line(article_id=article.id, description=None, unit_price_minor=None)
    changed = a_line(article_id=article.id, description="Antena usada", unit_price_minor=0)
    invoice = create(session, [taken, changed])
    assert [(line.description, line.unit_price_minor) for line in invoice.lines] == [
        ("Antena 5 GHz", 120_000),
        ("Antena usada", 0),
    ]


def test_saving_and_paying_at_once(session):
    invoice = create(session, payment={"amount_minor": 89_900, "method": "cash"})
    session.flush()
    assert invoice.state == "paid"
    assert [envelope.type for envelope in announced(session)] == ["InvoiceIssued", "PaymentRegistered"]
    assert queries.summary(session) == {"currency": "MXN", "owed_minor": 0, "open_invoices": 0}


@pytest.mark.parametrize(
    ("price", "code"), [(0, "nothing-to-invoice"), (10**12, "too-much-to-invoice")], ids=["nothing", "too much"]
)
def test_a_senseless_total_is_refused(session, price, code):
    with pytest.raises(NothingToInvoice) as refused:
        create(session, [a_line(unit_price_minor=price, quantity=1_000_000)])
    assert refused.value.fields == {"lines": [{"code": code, "params": {}}]}


def test_nothing_is_invoiced_for_a_cancelled_job(session):
    forget_cancelled(session, cancelled())
    with pytest.raises(InstallationCancelled):
        create(session)


def test_a_stranger_can_invoice_neither_our_client_nor_our_article(database: Database):
    with database.begin(COMPANY) as session:
        acquaint(session)
        article = articles.save_article(session, name="Antena", invoice_text="Antena", price_minor=1)
    with database.begin(STRANGER) as theirs:
        acquaint(theirs, STRANGER, STRANGER)
        with pytest.raises(NotFound, match="client-not-found"):
            create(theirs)
        with pytest.raises(NotFound, match="article-not-found"):
            create(theirs, [a_line(article_id=article.id)], installation_id=STRANGER)


def test_numbers_have_no_gap_and_no_double_when_many_issue_at_once_and_some_fail(database: Database):
    with database.begin(COMPANY) as session:
        acquaint(session)
    threads = [threading.Thread(target=_issue_some, args=(database, nth)) for nth in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read(COMPANY) as session:
        numbers = session.scalars(select(Invoice.sequence).order_by(Invoice.sequence)).all()
        assert numbers == list(range(1, 13))
        assert queries.summary(session) == {"currency": "MXN", "owed_minor": 12 * 89_900, "open_invoices": 12}


class Fault(Exception):
    pass


def _issue_some(database: Database, nth: int) -> None:
    for turn in range(4):
        try:
            with database.begin(COMPANY) as session:
                create(session)
                if (turn + nth) % 4 == 0:
                    raise Fault
        except Fault:
            continue


def test_invoices_are_found_by_number_by_name_and_by_state(session):
    first = create(session)
    create(session, payment={"amount_minor": 89_900, "method": "card"})
    session.flush()

    def listed(at=AT, **wanted):
        filters = dict.fromkeys(["state", "kind", "installation_id", "search"]) | wanted
        return [row.number for row in queries.list_invoices(session, after=None, limit=25, at=at, **filters).rows]

    assert listed() == ["A-000002", "A-000001"]
    assert listed(search="lopez a-000001") == [first.number]
    assert listed(search="pérez") == []
    assert listed(state="open") == ["A-000001"]
    assert listed(state="paid") == ["A-000002"]
    assert listed(kind="service") == []
    assert listed(installation_id=STRANGER) == []
    # INS-6: what is overdue is what the first page counts, from the company's midnight after the last day on.
    midnight = datetime.combine(first.due_on + timedelta(days=1), time(6), UTC)
    before = midnight - timedelta(seconds=1)
    assert (listed(at=before, state="overdue"), queries.overdue(session, at=before)["overdue_invoices"]) == ([], 0)
    assert listed(at=midnight, state="overdue") == ["A-000001"]
    assert queries.overdue(session, at=midnight) == {"overdue_minor": first.total_minor, "overdue_invoices": 1}
