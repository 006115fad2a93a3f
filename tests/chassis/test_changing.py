"""Loaded rows that were changed, written together."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import JSON, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from chassis.storage import CompanyOwned, ForeignCompany, UtcDateTime, make_base, write_changed
from chassis.storage.scope import scope_to

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Shelf(CompanyOwned, make_base("shelves")):
    __tablename__ = "shelves"

    room: Mapped[str] = mapped_column(String(20), primary_key=True)
    order: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str | None] = mapped_column(String(100))
    filled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    holds: Mapped[dict | None] = mapped_column(JSON)


@pytest.fixture
def shelves(database, company, stranger):
    """Three of the company's, and one of a stranger."""
    Shelf.__table__.create(database.engine)
    for owner, orders in ((company, (1, 2, 3)), (stranger, (4,))):
        with database.begin(owner) as session:
            session.add_all(Shelf(room="back", order=order, label="empty", holds={}) for order in orders)
    return database


def all_of(session):
    return list(session.scalars(select(Shelf).order_by(Shelf.order)))


def seen(database, company):
    with database.read(company) as session:
        return [(shelf.order, shelf.label, shelf.filled_at, shelf.holds) for shelf in all_of(session)]


def test_every_value_arrives_as_it_was_set_and_what_was_not_set_stays(shelves, company, stranger):
    label, holds = "\"María\" 'López' %s {} \n ñ", {"a": [1, None, {"b": True}]}
    with shelves.begin(company) as session:
        first, second, third = rows = all_of(session)
        first.label, first.holds = label, holds
        second.filled_at, second.holds = NOON, None
        write_changed(session, rows)
        assert (third.label, third.holds) == ("empty", {})
    assert seen(shelves, company) == [(1, label, None, holds), (2, "empty", NOON, None), (3, "empty", None, {})]
    assert seen(shelves, stranger) == [(4, "empty", None, {})]


def test_what_is_changed_afterwards_is_written_too(shelves, company):
    with shelves.begin(company) as session:
        rows = all_of(session)
        for row in rows:
            row.label = "first"
        write_changed(session, rows)
        write_changed(session, rows)
        rows[0].label = "second"
    assert [label for _, label, _, _ in seen(shelves, company)] == ["second", "first", "first"]


def test_nothing_to_write_is_fine(shelves, company):
    with shelves.begin(company) as session:
        write_changed(session, all_of(session))
        write_changed(session, [])


def test_it_goes_with_its_transaction(shelves, company):
    def break_off():
        with shelves.begin(company) as session:
            (row, *_) = all_of(session)
            row.label = "lost"
            write_changed(session, [row])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert seen(shelves, company)[0][1] == "empty"


def test_a_row_that_is_gone_is_noticed(shelves, company):
    def change_three_of_two():
        with shelves.begin(company) as session:
            rows = all_of(session)
            session.execute(delete(Shelf).where(Shelf.order == 2).execution_options(synchronize_session=False))
            for row in rows:
                row.label = "full"
            write_changed(session, rows)

    with pytest.raises(StaleDataError):
        change_three_of_two()


def test_rows_of_another_company_are_not_written(shelves, company, stranger):
    def take():
        with shelves.begin_unscoped() as session:
            scope_to(session, stranger)
            (row,) = all_of(session)
            row.label, row.company_id = "mine", company
            write_changed(session, [row])

    with pytest.raises(ForeignCompany):
        take()
    assert seen(shelves, stranger)[0][1] == "empty"
