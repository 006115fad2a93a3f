"""PRE-8: which requests are of somebody who asked before is known at once, whatever happened to them and to others."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, text

from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.migrations import migrate
from events.gateway import CompanyChanged
from events.installations import InstallationActivated, InstallationCancelled, InstallationChanged
from services.preinstall import reviewing, submitting
from services.preinstall.model import OPEN, Request, has_duplicates
from services.preinstall.projections import learn_cancelled, learn_company, learn_installation
from tests.overlapping import overlapping
from tests.preinstall.builders import NOON, list_requests, submit
from tests.preinstall.conftest import MIGRATIONS
from tests.samples import COMPANY, told

# So few that they meet now and then.
PHONES, DOCUMENTS, ADDRESSES = 9, 12, 15


class Morning:
    """Of an office to which things happen in any order."""

    def __init__(self, session, seed):
        self._session, self._dice = session, random.Random(seed)
        self._requests, self._installations, self._version = [], [], 1

    def goes_on(self):
        happening = self._dice.choices(
            (self._asks, self._is_learnt, self._moves, self._is_cancelled, self._are_merged, self._are_told_apart,
             self._is_approved),
            weights=(6, 3, 2, 2, 2, 3, 2),
        )[0]  # fmt: skip
        happening()
        self._session.flush()
        return happening.__name__

    def _person(self):
        return {
            "phone": f"55 1234 560{self._dice.randrange(PHONES)}",
            "official_id": self._dice.choice((None, f"LOHM{self._dice.randrange(DOCUMENTS)}")),
            "address": f"Hidalgo {self._dice.randrange(ADDRESSES)}",
        }

    def _asks(self):
        self._requests.append(submit(self._session, email=None, **self._person()))

    def _is_learnt(self):
        self._installations.append(new_id())
        self._tell(InstallationActivated, self._installations[-1])

    def _moves(self):
        for one in self._some(self._installations):
            self._tell(InstallationChanged, one)

    def _tell(self, event, installation_id, **person):
        self._version += 1
        person = (person or self._person()) | {"city": "Tepoztlán"}
        learn_installation(self._session, told(event, installation_id=installation_id, version=self._version, **person))

    def _is_cancelled(self):
        for one in self._some(self._installations):
            self._version += 1
            learn_cancelled(self._session, told(InstallationCancelled, installation_id=one, version=self._version))

    def _are_merged(self):
        pair = self._some([each for each in self._requests if each.state == OPEN], 2)
        if len(pair) == 2:
            reviewing.merge(self._session, request_id=pair[0].id, into_id=pair[1].id)

    def _are_told_apart(self):
        pair = self._some(self._requests, 2)
        if len(pair) == 2:
            reviewing.tell_apart(self._session, request_id=pair[0].id, other_id=pair[1].id)

    def _is_approved(self):
        for request in self._some([each for each in self._requests if each.state == OPEN]):
            self._installations.append(new_id())
            theirs = {name: getattr(request, name) for name in ("phone", "official_id", "address")}
            self._tell(InstallationActivated, self._installations[-1], **theirs)
            self._session.flush()
            submitting.approve(self._session, request_id=request.id, installation_id=self._installations[-1], at=NOON)

    def _some(self, there, many=1):
        return self._dice.sample(there, min(many, len(there)))


@pytest.mark.parametrize("seed", range(2))
def test_pre_8_the_list_of_duplicates_is_right_whatever_happens(session, seed):
    morning, met = Morning(session, seed), set()
    for _ in range(50):
        happened = morning.goes_on()
        listed = {row.id for row in list_requests(session, duplicated=True, limit=200).rows}
        assert listed == {*session.scalars(select(Request.id).where(has_duplicates()))}, happened
        met.add(len(listed))
    assert len(met) > 5


def test_pre_8_two_of_one_person_at_the_same_moment_see_each_other(database):
    with database.begin(COMPANY) as session:
        learn_company(session, told(CompanyChanged))

    def asks_too():
        with database.begin(COMPANY) as session:
            submit(session, email=None)

    first = Asking(database)
    assert overlapping(database, lambda: first, asks_too) is None
    with database.read(COMPANY) as session:
        assert len(list_requests(session, duplicated=True).rows) == 2


class Asking:
    """A transaction in which somebody has asked by the time that it is entered."""

    def __init__(self, database):
        self._transaction = database.begin(COMPANY)

    def __enter__(self):
        session = self._transaction.__enter__()
        submit(session)
        return session

    def __exit__(self, *failed):
        return self._transaction.__exit__(*failed)


@pytest.mark.parametrize("make_tables", [None])
def test_requests_that_were_there_are_known_to_be_alike(database_url, make_tables):
    database = Database(database_url)
    migrate(database, MIGRATIONS)
    with database.begin(COMPANY) as session:
        learn_company(session, told(CompanyChanged))
        session.flush()
        alike = {submit(session, email=None, phone="777 111 2222", address=f"Hidalgo {n}").id for n in range(2)}
        submit(session, email=None, phone="777 333 4444", address="Morelos 7")
    with database.engine.begin() as connection:
        for index in ("ix_requests_alike", "ix_requests_alike_by_state"):
            connection.execute(text(f"DROP INDEX {index}"))
        for trigger in _triggers(connection):
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("ALTER TABLE requests DROP COLUMN alike"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))
    migrate(database, MIGRATIONS)
    with database.read(COMPANY) as session:
        assert {row.id for row in list_requests(session, duplicated=True).rows} == alike
    database.close()


def _triggers(connection):
    """Those that write the column."""
    if connection.dialect.name == "sqlite":
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        return list(connection.scalars(text(named)))
    named = "SELECT tgname || ' ON ' || tgrelid::regclass FROM pg_trigger WHERE tgname LIKE '%alike%'"
    return list(connection.scalars(text(named)))
