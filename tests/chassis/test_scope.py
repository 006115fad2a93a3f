"""No statement and no flush crosses from one company to another."""

import pytest
from sqlalchemy import delete, insert, select, union_all, update
from sqlalchemy.orm import aliased

from chassis.errors import NotFound
from chassis.storage import ForeignCompany, ScopeMissing, enter_company, find
from chassis.storage.scope import scope_to
from tests.chassis.parcels import Parcel, a_parcel


@pytest.fixture
def theirs(database, stranger):
    parcel = a_parcel(name="theirs")
    with database.begin(stranger) as session:
        session.add(parcel)
    return parcel


def test_a_row_gets_the_company_of_its_session(database, company):
    with database.begin(company) as session:
        parcel = a_parcel()
        session.add(parcel)
        assert parcel.company_id == company
    with database.read(company) as session:
        assert find(session, Parcel, parcel.id).company_id == company


@pytest.mark.parametrize(
    "statement",
    [
        select(Parcel),
        select(Parcel.id, Parcel.name),
        select(aliased(Parcel)),
        select(Parcel).where(Parcel.id.in_(select(Parcel.id))),
        union_all(select(Parcel.id), select(Parcel.id)),
    ],
)
def test_selects_see_no_strangers_rows(database, company, theirs, statement):
    with database.read(company) as session:
        assert session.execute(statement).all() == []


def test_find_does_not_find_a_strangers_row(database, company, theirs):
    with database.read(company) as session, pytest.raises(NotFound, match="parcel-not-found"):
        find(session, Parcel, theirs.id)


def test_updates_and_deletes_leave_strangers_rows_alone(database, company, stranger, theirs):
    with database.begin(company) as session:
        assert session.execute(update(Parcel).values(name="mine")).rowcount == 0
        assert session.execute(delete(Parcel)).rowcount == 0
    with database.read(stranger) as session:
        assert find(session, Parcel, theirs.id).name == "theirs"


def test_what_was_loaded_for_one_company_is_not_found_by_the_next(database, company, stranger, theirs):
    with database.begin_unscoped() as session:
        enter_company(session, stranger)
        loaded = find(session, Parcel, theirs.id)
        scope_to(session, company)
        assert loaded not in session
        assert session.get(Parcel, theirs.id) is None
        with pytest.raises(NotFound):
            find(session, Parcel, theirs.id)


def test_a_row_looked_up_by_token_stays_usable_when_its_company_is_entered(database, stranger, theirs):
    with database.begin_unscoped() as session:
        parcel = session.scalars(select(Parcel).where(Parcel.name == "theirs")).one()
        enter_company(session, parcel.company_id)
        parcel.name = "read"
    with database.read(stranger) as session:
        assert find(session, Parcel, theirs.id).name == "read"


def test_a_session_cannot_enter_a_second_company(database, company, stranger):
    with database.begin(company) as session, pytest.raises(ForeignCompany):
        enter_company(session, stranger)


def test_flushing_a_row_of_another_company_is_refused(database, company, stranger):
    with database.begin(company) as session:
        session.add(a_parcel(company_id=stranger))
        with pytest.raises(ForeignCompany):
            session.flush()
        session.rollback()


def test_giving_a_row_away_is_refused(database, company, stranger):
    with database.begin(company) as session:
        parcel = a_parcel()
        session.add(parcel)
        session.flush()
        parcel.company_id = stranger
        with pytest.raises(ForeignCompany):
            session.flush()
        session.rollback()


def test_inserting_in_bulk_for_another_company_is_refused(database, company, stranger):
    row = {"name": "x", "company_id": stranger}
    with database.begin(company) as session:
        with pytest.raises(ForeignCompany):
            session.execute(insert(Parcel), [row])
        with pytest.raises(ForeignCompany):
            session.execute(insert(Parcel).values(**row))
        session.rollback()


def test_an_unscoped_session_reads_all_companies_and_writes_none(database, theirs):
    with database.begin_unscoped() as session:
        parcel = session.scalars(select(Parcel)).one()
        with pytest.raises(ScopeMissing):
            session.execute(update(Parcel).values(name="all"))
        parcel.name = "changed"
        with pytest.raises(ScopeMissing):
            session.flush()
        session.rollback()


def test_the_table_behind_the_class_is_no_way_around(database, company):
    with database.read(company) as session, pytest.raises(ScopeMissing):
        session.execute(select(Parcel.__table__))


def test_a_reading_session_cannot_write(database, company):
    with database.read(company) as session:
        session.add(a_parcel())
        with pytest.raises(Exception, match=r"read-?only"):
            session.flush()
