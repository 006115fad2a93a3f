"""What is kept so that a thing is done once: answers, leases, the log; and for how long."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from chassis import claimant, clock, idempotency, leases
from chassis.errors import Conflict
from chassis.identifiers import lowest_id, new_id
from chassis.inbox.handling import remember
from chassis.outbox import announce, log
from chassis.pruning import prune
from chassis.storage.tables import event_log, inbox, outbox
from chassis.storage.tables import idempotency as answers
from tests.chassis.parcels import a_parcel, sent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def ask(session, company, key="k", request=None):
    return idempotency.claim(
        session, company_id=company, key=key, method="send", request={"name": "books"} if request is None else request
    )


def test_the_second_time_the_first_answer_is_given(database, company):
    with database.begin(company) as session:
        assert ask(session, company) is None
        idempotency.store(session, company_id=company, key="k", response={"number": 1})
    with database.begin(company) as session:
        assert ask(session, company) == idempotency.Answer({"number": 1})


def test_the_key_of_a_command_that_failed_is_free_again(database, company):
    with database.begin(company) as session:
        ask(session, company)
        session.rollback()
    with database.begin(company) as session:
        assert ask(session, company) is None


def test_a_key_with_another_request_is_refused(database, company, stranger):
    with database.begin(company) as session:
        ask(session, company)
    with database.begin(company) as session, pytest.raises(Conflict, match="idempotency-key-reused"):
        ask(session, company, request={"name": "shoes"})
    with database.begin(stranger) as session:
        assert ask(session, stranger) is None
    with database.begin_unscoped() as session:
        assert ask(session, None) is None


def test_the_same_key_at_the_same_moment_waits_for_the_first(database, company):
    answered, began = [], threading.Event()

    def second():
        with database.begin(company) as session:
            began.set()
            answered.append(ask(session, company))

    thread = threading.Thread(target=second)
    with database.begin(company) as session:
        assert ask(session, company) is None
        thread.start()
        if not database.is_sqlite:  # there, not even its transaction begins
            assert began.wait(5)
        idempotency.store(session, company_id=company, key="k", response="first")
    thread.join(10)
    assert answered == [idempotency.Answer("first")]


def test_a_lease_has_one_holder_until_its_time_is_over(database):
    def take(holder, at):
        return leases.take(database, "overdue", holder=holder, seconds=60, at=at)

    assert take("other 1 1 a", NOON)
    assert not take("other 1 1 b", NOON + timedelta(seconds=59))
    assert take("other 1 1 a", NOON + timedelta(seconds=59))
    assert not take("other 1 1 b", NOON + timedelta(seconds=61))
    assert take("other 1 1 b", NOON + timedelta(seconds=120))
    leases.release(database, "overdue", holder="other 1 1 a")
    assert not take("other 1 1 a", NOON + timedelta(seconds=121))
    leases.release(database, "overdue", holder="other 1 1 b")
    assert take("other 1 1 a", NOON + timedelta(seconds=121))


def test_a_dead_neighbours_lease_is_taken_at_once(database):
    dead = f"{socket.gethostname()} {2**22 - 1} 1 abc"
    assert claimant.is_dead(dead) and not claimant.is_dead(claimant.my_name())
    assert leases.take(database, "overdue", holder=dead, seconds=60, at=NOON)
    assert leases.take(database, "overdue", holder=claimant.my_name(), seconds=60, at=NOON)


@pytest.mark.parametrize("name", ["elsewhere 1 1 abc", "from another version", "x"])
def test_who_is_not_known_to_be_dead_counts_as_alive(name):
    assert not claimant.is_dead(name)


def test_the_tail_of_the_log_goes_on_where_it_was(database, company):
    with database.begin(company) as session:
        told = [announce(session, sent(a_parcel()), entity_version=1) for _ in range(5)]
    with database.read_unscoped() as session:
        assert [row.id for row in log.tail(session, limit=2)] == told[3:]
        assert [row.id for row in log.tail(session, after=told[1], limit=2)] == told[2:4]
        assert log.tail(session, types=["Other"]) == []


@pytest.mark.parametrize(("queue", "address"), [(None, (None, "ParcelSent")), ("x.rebuilds", ("", "x.rebuilds"))])
def test_a_replay_tells_again_to_all_or_to_one(database, company, queue, address, monkeypatch):
    monkeypatch.setattr(log, "PAGE", 2)
    with database.begin(company) as session:
        for _ in range(5):
            announce(session, sent(a_parcel()), entity_version=1)
    with database.begin_unscoped() as session:
        session.connection().execute(outbox.delete())
    at = clock.now()
    period = {"since": at - timedelta(hours=1), "until": at + timedelta(hours=1)}
    assert log.replay(database, **period, types=["Other"], queue=queue) == 0
    assert log.replay(database, **period, types=["ParcelSent"], queue=queue) == 5
    with database.read_unscoped() as session:
        rows = session.connection().execute(select(outbox).order_by(outbox.c.id)).all()
        bodies = [row.body for row in log.tail(session)]
    assert {(row.exchange, row.routing_key) for row in rows} == {address}
    assert [row.body.decode() for row in rows] == bodies


def test_what_is_old_is_forgotten_and_nothing_else(database, company):
    at = clock.now()
    ages = (0, 29, 31, 89, 91, 98)
    with database.begin_unscoped() as session:
        connection = session.connection()
        for age in ages:
            moment = at - timedelta(days=age)
            id = lowest_id(moment)
            connection.execute(
                insert(event_log).values(
                    id=id, type="T", company_id=company, subject="s", entity_version=1, occurred_at=moment, body="{}"
                )
            )
            remember(connection, [("c", str(id))])
            connection.execute(
                insert(answers).values(
                    company_id=company, key=str(age), method="m", request_hash="h", created_at=moment
                )
            )
    prune(database, at)
    with database.read_unscoped() as session:

        def left(table):
            return session.connection().execute(select(func.count()).select_from(table)).scalar_one()

        assert (left(event_log), left(inbox), left(answers)) == (4, 5, 2)


def test_ids_sort_by_age():
    before = lowest_id(clock.now() - timedelta(seconds=1))
    assert before < new_id() < lowest_id(clock.now() + timedelta(seconds=1))
