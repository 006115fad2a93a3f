"""An event is told with its change or not at all."""

import pytest
from sqlalchemy import func, select

from chassis.correlation import caused_by
from chassis.messages import Envelope
from chassis.outbox import announce, announced
from chassis.storage.tables import event_log, outbox
from tests.chassis.parcels import Parcel, ParcelSent, a_parcel, sent


def rows(database, table):
    with database.read_unscoped() as session:
        return session.connection().execute(select(table)).all()


def test_the_event_is_in_the_log_and_in_the_outbox_when_the_change_is_committed(database, company):
    parcel = a_parcel()
    with caused_by(correlation_id="click", causation_id="before"), database.begin(company) as session:
        session.add(parcel)
        told = announce(session, sent(parcel), entity_version=3)
    (logged,) = rows(database, event_log)
    envelope = Envelope.decode(logged.body.encode())
    assert [row.id for row in rows(database, outbox)] == [told] == [logged.id]
    assert (envelope.id, envelope.company_id, envelope.entity_version) == (told, company, 3)
    assert (envelope.correlation_id, envelope.causation_id) == ("click", "before")
    assert ParcelSent.read(envelope).parcel_id == parcel.id


def test_nothing_is_told_when_the_change_is_rolled_back(database, company):
    def send_and_fail():
        with database.begin(company) as session:
            parcel = a_parcel()
            session.add(parcel)
            announce(session, sent(parcel), entity_version=1)
            raise LookupError

    with pytest.raises(LookupError):
        send_and_fail()
    assert rows(database, event_log) == rows(database, outbox) == []
    with database.read(company) as session:
        assert session.scalar(select(func.count()).select_from(Parcel)) == 0


def test_what_a_savepoint_told_goes_with_it(database, company):
    with database.begin(company) as session:
        session.connection()
        announce(session, sent(a_parcel(name="kept")), entity_version=1)
        with session.begin_nested() as savepoint:
            announce(session, sent(a_parcel(name="undone")), entity_version=1)
            savepoint.rollback()
    names = [Envelope.decode(row.body.encode()).data["name"] for row in rows(database, event_log)]
    assert names == ["kept"]


def test_many_events_of_one_transaction_keep_their_order(database, company):
    with database.begin(company) as session:
        told = [announce(session, sent(a_parcel()), entity_version=1) for _ in range(250)]
        assert [envelope.id for envelope in announced(session)] == told
    assert sorted(row.id for row in rows(database, outbox)) == told
