"""Work is done once it was asked for, one at a time in a lane, again when it failed, and its end counts once."""

import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from chassis import clock
from chassis.correlation import caused_by, correlation_id
from chassis.errors import Permanent, Transient
from chassis.jobs import Together, enqueue, queue
from chassis.jobs.runner import JobRunner, Work
from chassis.storage.tables import jobs, parked
from tests.chassis.parcels import Parcel, a_parcel
from tests.chassis.running import eventually, running

KIND = "parcels.deliver"


def ask(database, company, key="1", **values):
    with database.begin(company) as session:
        enqueue(session, KIND, key=key, **{"payload": {"name": f"n{key}"}, **values})


def row(database):
    with database.read_unscoped() as session:
        return session.connection().execute(select(jobs)).one_or_none()


def names(database, company):
    with database.read(company) as session:
        return sorted(session.scalars(select(Parcel.name)))


def deliver(job):
    return lambda session: session.add(a_parcel(name=job.payload["name"]))


def deliver_all(session, done):
    for job in done:
        deliver(job)(session)


def test_the_work_and_its_effect_are_done_once_asked_for(database, company):
    seen = []

    def work(job):
        seen.append((job.key, job.attempt, job.company_id, correlation_id()))
        return deliver(job)

    with running(JobRunner(database, [Work(KIND, work)])):
        with caused_by(correlation_id="click", causation_id=None):
            ask(database, company)
        eventually(lambda: names(database, company) == ["n1"])
    assert seen == [("1", 1, company, "click")]
    assert row(database) is None


def test_nothing_is_done_for_a_transaction_that_failed(database, company):
    with database.begin(company) as session:
        enqueue(session, KIND, key="1", payload={})
        session.rollback()
    assert row(database) is None


def test_a_transient_failure_is_tried_again(database, company):
    attempts = []

    def work(job):
        attempts.append((job.attempt, job.last_error))
        if job.attempt < 3:
            raise Transient("router-away", seconds=job.attempt)
        return deliver(job)

    with running(JobRunner(database, [Work(KIND, work, longest_pause=0.01)])):
        ask(database, company)
        eventually(lambda: names(database, company) == ["n1"])
    assert attempts == [(1, None), (2, "router-away {'seconds': 1}"), (3, "router-away {'seconds': 2}")]


@pytest.mark.parametrize(
    ("error", "attempts", "are_parked"),
    [(Permanent("refused"), 1, 0), (Transient("away"), 3, 0), (LookupError("a mistake"), 3, 1)],
)
def test_what_cannot_be_done_is_given_up_and_told(database, company, error, attempts, are_parked):
    tried = []

    def work(job):
        tried.append(job.attempt)
        raise error

    def failed(session, job, told):
        assert told is error
        session.add(a_parcel(name="failed"))

    with running(JobRunner(database, [Work(KIND, work, attempts=3, failed=failed, longest_pause=0.01)])):
        ask(database, company)
        eventually(lambda: names(database, company) == ["failed"])
    assert tried == list(range(1, attempts + 1))
    assert row(database).state == "failed" and row(database).last_error
    with database.read_unscoped() as session:
        assert session.connection().execute(select(func.count()).select_from(parked)).scalar_one() == are_parked


def test_a_failure_that_cannot_even_be_told_is_parked(database, company):
    def work(_job):
        raise Permanent("refused")

    def failed(_session, _job, _error):
        raise LookupError("a second mistake")

    with running(JobRunner(database, [Work(KIND, work, failed=failed)])):
        ask(database, company)
        eventually(lambda: (found := row(database)) and found.state == "failed")
    with database.read_unscoped() as session:
        assert "a second mistake" in session.connection().execute(select(parked.c.error)).scalar_one()


def test_asking_again_replaces_what_waits(database, company):
    ask(database, company, payload={"name": "old"})
    ask(database, company, payload={"name": "new"})
    with running(JobRunner(database, [Work(KIND, deliver)])):
        eventually(lambda: names(database, company) == ["new"])


def test_asking_again_while_it_runs_makes_it_run_again_with_the_newest(database, company):
    runs, asked = threading.Event(), threading.Event()

    def work(job):
        runs.set()
        asked.wait(10)
        return deliver(job)

    with running(JobRunner(database, [Work(KIND, work)])):
        ask(database, company, payload={"name": "old"})
        assert runs.wait(10)
        ask(database, company, payload={"name": "new"})
        asked.set()
        eventually(lambda: row(database) is None)
    assert names(database, company) == ["new"]


def test_a_job_is_not_done_before_its_time(database, company):
    ask(database, company, key="later", at=clock.now() + timedelta(hours=1))
    ask(database, company, key="now")
    with running(JobRunner(database, [Work(KIND, deliver)])):
        eventually(lambda: names(database, company) == ["nnow"])
    assert row(database).key == "later"


def test_a_lane_is_one_at_a_time_over_all_replicas(database, company):
    busy, most, lock = [0], [0], threading.Lock()

    def work(job):
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        threading.Event().wait(0.02)  # what takes time; nothing is waited for
        with lock:
            busy[0] -= 1
        return deliver(job)

    for number in range(8):
        ask(database, company, key=str(number), lane="router")
    replicas = [JobRunner(database, [Work(KIND, work)]) for _ in range(2)]
    with running(replicas[0]), running(replicas[1]):
        eventually(lambda: len(names(database, company)) == 8, seconds=30)
    assert most == [1]
    assert names(database, company) == sorted(f"n{number}" for number in range(8))


def test_different_lanes_run_side_by_side(database, company):
    together = threading.Barrier(2, timeout=10)

    def work(job):
        together.wait()
        return deliver(job)

    with running(JobRunner(database, [Work(KIND, work)])):
        ask(database, company, key="1", lane="a")
        ask(database, company, key="2", lane="b")
        eventually(lambda: len(names(database, company)) == 2)


def test_the_database_itself_keeps_a_lane_to_one_claim(database, company):
    at = clock.now()
    for key in "12":
        ask(database, company, key=key, lane="router")
    with database.begin_unscoped() as session:
        ids = list(session.connection().execute(select(jobs.c.id)).scalars())
        assert queue.claim(session, ids[0], by="one", at=at, until=at + timedelta(minutes=1))
    with database.begin_unscoped() as session:
        with pytest.raises(Exception, match=r"uq_jobs_running_lane|jobs\.lane"):
            queue.claim(session, ids[1], by="two", at=at, until=at + timedelta(minutes=1))
        session.rollback()


@pytest.mark.parametrize("holder", ["elsewhere 1 1 abc", "dead on this machine"])
def test_a_dead_replicas_claim_is_taken_over(database, company, holder, monkeypatch):
    ask(database, company, lane="router")
    at = clock.now()
    until = at - timedelta(seconds=1)
    if holder.startswith("dead"):
        holder, until = f"{socket.gethostname()} {2**22 - 1} 1 abc", at + timedelta(minutes=5)
    with database.begin_unscoped() as session:
        job_id = session.connection().execute(select(jobs.c.id)).scalar_one()
        assert queue.claim(session, job_id, by=holder, at=at, until=until)
    with running(JobRunner(database, [Work(KIND, deliver)])):
        eventually(lambda: names(database, company) == ["n1"])


def test_an_end_does_not_count_when_the_claim_was_lost(database, company):
    ask(database, company)
    at = clock.now()
    with database.begin_unscoped() as session:
        job_id = session.connection().execute(select(jobs.c.id)).scalar_one()
        slow = queue.claim(session, job_id, by="slow", at=at, until=at - timedelta(seconds=1))
        assert queue.claim(session, job_id, by="quick", at=at, until=at + timedelta(minutes=1))
        assert not queue.end(session, [slow], claimed=slow, by="slow")
        assert not queue.postpone(session, slow, by="slow", at=at, error="late")


def test_a_job_that_ends_the_process_each_time_is_given_up(database, company):
    ask(database, company)
    at = clock.now()
    for _ in range(3):
        with database.begin_unscoped() as session:
            job_id = session.connection().execute(select(jobs.c.id)).scalar_one()
            assert queue.claim(session, job_id, by="killed", at=at, until=at - timedelta(seconds=1))

    def never(_job):
        raise AssertionError("it would end this process too")

    with running(JobRunner(database, [Work(KIND, never, attempts=3)])):
        eventually(lambda: row(database).state == "failed")
    assert "process-ended-each-time" in row(database).last_error


def test_what_waits_in_a_lane_is_done_together_and_each_has_an_end_of_its_own(database, company):
    batches = []
    failing = {"3": Transient("busy"), "4": Permanent("refused")}

    def work(taken):
        batches.append([job.key for job in taken])
        failures = {job.id: failing[job.key] for job in taken if len(taken) > 1 and job.key in failing}
        return Together(failures, deliver_all)

    for key in "12345":
        ask(database, company, key, lane="norte")
    ask(database, company, "6", lane="sur")
    with running(JobRunner(database, [Work(KIND, work, together=4, longest_pause=0.01)])):
        eventually(lambda: names(database, company) == ["n1", "n2", "n3", "n5", "n6"])
        eventually(lambda: [state for _, state, _ in rows(database)] == ["failed"])
    assert rows(database) == [("4", "failed", 1)]
    assert min(batches) == ["1", "2", "3", "4"]


def test_an_end_that_cannot_be_committed_spoils_no_other(database, company):
    def commit(session, done):
        if any(job.key == "2" and job.attempt == 1 for job in done):
            raise LookupError("a mistake")
        deliver_all(session, done)

    def work(taken):
        return Together({}, commit)

    for key in "123":
        ask(database, company, key, lane="norte")
    with running(JobRunner(database, [Work(KIND, work, together=9, longest_pause=0.01)])):
        eventually(lambda: names(database, company) == ["n1", "n2", "n3"])
    assert rows(database) == []


def test_a_companion_that_is_asked_for_anew_meanwhile_is_done_again(database, company):
    def work(taken):
        if len(taken) == 2:
            ask(database, company, "2", lane="norte", payload={"name": "newer"})
        return Together({}, deliver_all)

    for key in "12":
        ask(database, company, key, lane="norte")
    with running(JobRunner(database, [Work(KIND, work, together=9)])):
        eventually(lambda: names(database, company) == ["n1", "newer"])


def rows(database):
    with database.read_unscoped() as session:
        found = session.connection().execute(select(jobs.c.key, jobs.c.state, jobs.c.attempt).order_by(jobs.c.key))
        return [tuple(each) for each in found]
