"""Every event is filed under what it is about, in its own company."""

from chassis.inbox.handling import handle
from chassis.inbox.messages import Delivery, Received
from chassis.storage import Database
from events.billing import InvoiceIssued
from gateway import timeline
from tests.samples import COMPANY, MARIA, STRANGER, envelope_of


def received(envelope):
    return Received(Delivery(timeline.handler(), 1, False, {}, b""), envelope, envelope, 1)


def test_events_of_two_companies_are_filed_in_one_batch(database_url):
    database = Database(database_url)
    mine, theirs = (
        envelope_of(InvoiceIssued, company_id=company, installation_id=MARIA) for company in (COMPANY, STRANGER)
    )
    handle(database, [received(mine), received(theirs), received(mine)])
    for company, told in ((COMPANY, mine), (STRANGER, theirs)):
        with database.read(company) as session:
            (entry,) = timeline.entries_about(session, str(MARIA))
            assert (entry.id, entry.type, entry.occurred_at) == (told.id, "InvoiceIssued", told.time)
            assert (entry.data, entry.company_id) == (told.data, company)
    database.close()
