"""Numbers without gaps, and pages by key."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from chassis.errors import ValidationFailed
from chassis.storage import next_number, paginate
from tests.chassis.parcels import Parcel, a_parcel

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_numbers_count_per_company_and_name(database, company, stranger):
    with database.begin(company) as session:
        assert [next_number(session, "parcel") for _ in range(3)] == [1, 2, 3]
        assert next_number(session, "invoice") == 1
    with database.begin(stranger) as session:
        assert next_number(session, "parcel") == 1


def test_a_number_of_a_transaction_that_failed_is_given_again(database, company):
    with database.begin(company) as session:
        next_number(session, "parcel")
        session.rollback()
    with database.begin(company) as session:
        assert next_number(session, "parcel") == 1


@pytest.fixture
def parcels(database, company):
    """Two of each moment, so that the second key decides."""
    rows = [a_parcel(name=f"n{i:02}", sent_at=NOON + timedelta(minutes=i // 2)) for i in range(11)]
    with database.begin(company) as session:
        session.add_all(rows)
    return rows


ORDERS = {
    "descending": [(Parcel.sent_at, "desc"), (Parcel.id, "desc")],
    "ascending": [(Parcel.sent_at, "asc"), (Parcel.id, "asc")],
    "mixed": [(Parcel.sent_at, "desc"), (Parcel.id, "asc")],
    "by text": [(Parcel.name, "asc")],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_the_pages_together_are_the_list(database, company, parcels, order):
    seen, after = [], None
    with database.read(company) as session:
        while True:
            page = paginate(session, select(Parcel), order=order, after=after, limit=4)
            seen += page.rows
            if (after := page.next) is None:
                break
        wanted = session.scalars(
            select(Parcel).order_by(*(c.desc() if way == "desc" else c.asc() for c, way in order))
        ).all()
        back, before = page.rows, page.previous
        while before:
            earlier = paginate(session, select(Parcel), order=order, before=before, limit=4)
            assert earlier.next
            back, before = earlier.rows + back, earlier.previous
    assert seen == back == list(wanted) and len(seen) == 11


def test_rows_of_columns_have_names(database, company, parcels):
    with database.read(company) as session:
        page = paginate(session, select(Parcel.name, Parcel.id), order=[(Parcel.name, "asc")], limit=2)
    assert [row.name for row in page.rows] == ["n00", "n01"]


@pytest.mark.parametrize("cursor", ["x", "e30", "WyJub29uIiwgMV0", "71fec46f-90f7-4371-9d87-788fbd24c05a", "WzUsNV0"])
def test_a_cursor_that_we_did_not_make_is_refused(database, company, cursor):
    with database.read(company) as session, pytest.raises(ValidationFailed, match="invalid-cursor"):
        paginate(session, select(Parcel), order=ORDERS["descending"], after=cursor)


def test_a_naive_moment_is_refused(database, company):
    with database.begin(company) as session:
        session.add(a_parcel(sent_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake itself
        with pytest.raises(Exception, match="no time zone"):
            session.flush()
        session.rollback()
