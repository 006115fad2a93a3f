"""Rows that are written together at the commit."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from chassis.storage import CompanyOwned, ScopeMissing, UtcDateTime, append, make_base
from chassis.storage.scope import scope_to
from tests.chassis.parcels import Parcel

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Sighting(CompanyOwned, make_base("sightings")):
    __tablename__ = "sightings"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order: Mapped[int]
    data: Mapped[dict] = mapped_column(JSON)


def add(session, name, **changes):
    append(session, Parcel, **{"id": new_id(), "name": name, "sent_at": NOON, **changes})


def names(database, company):
    with database.read(company) as session:
        return sorted(session.scalars(select(Parcel.name)))


def test_every_value_arrives_as_it_was_given(database, company):
    there = timezone(timedelta(hours=-6))
    Sighting.__table__.create(database.engine)
    data = {"text": "\"María\" 'López' \\ {%s} %(a)s \n ñ 🐦", "nothing": None, "list": [1, 2.5, True, {}]}
    with database.begin(company) as session:
        append(session, Sighting, id=data["text"], seen_at=NOON.astimezone(there), order=2**31 - 1, data=data)
        append(session, Sighting, id="never", seen_at=None, order=-1, data={})
    with database.read(company) as session:
        first, second = session.scalars(select(Sighting).order_by(Sighting.order.desc()))
    assert (first.id, first.seen_at, first.order, first.data) == (data["text"], NOON, 2**31 - 1, data)
    assert (second.id, second.seen_at, second.data, second.company_id) == ("never", None, {}, company)


def test_each_row_is_of_the_company_that_the_session_served_then(database, company, stranger):
    with database.begin_unscoped() as session:
        for owner, name in ((company, "a"), (stranger, "b"), (company, "c")):
            scope_to(session, owner)
            add(session, name)
    assert (names(database, company), names(database, stranger)) == (["a", "c"], ["b"])


def test_a_session_that_serves_no_company_appends_nothing(database, company):
    with database.begin_unscoped() as session, pytest.raises(ScopeMissing):
        add(session, "a")
    assert names(database, company) == []


@pytest.mark.parametrize("values", [{"name": "a"}, {"company_id": new_id()}, {"wrong": 1}])
def test_a_column_too_many_or_too_few_is_told(database, company, values):
    given = {"id": new_id(), "name": "a", "sent_at": NOON}
    given = values if "name" in values else {**given, **values}
    with (
        database.begin(company) as session,
        pytest.raises(TypeError, match="with id, name, sent_at"),
    ):
        append(session, Parcel, **given)


def test_it_goes_with_its_transaction_and_with_its_savepoint(database, company):
    def add_and_fail():
        with database.begin(company) as session:
            add(session, "undone")
            raise LookupError

    with pytest.raises(LookupError):
        add_and_fail()
    with database.begin(company) as session:
        add(session, "kept")
        with session.begin_nested() as savepoint:
            add(session, "undone")
            savepoint.rollback()
        with session.begin_nested():
            add(session, "kept too")
    assert names(database, company) == ["kept", "kept too"]


def test_a_moment_without_a_zone_is_refused(database, company):
    with pytest.raises(Exception, match="has no time zone"), database.begin(company) as session:
        add(session, "a", sent_at=datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point
    assert names(database, company) == []
