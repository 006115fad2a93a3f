"""What the clock starts runs on one replica at a time and outlives its own mistakes."""

import threading

import pytest

from chassis import claimant, clock, leases
from chassis.schedule import Timer
from tests.chassis.running import eventually, running


@pytest.fixture
def ran():
    return []


def a_timer(database, function, **changes):
    return Timer(database, **{"lease": "parcels.overdue", "seconds": 0.05, "function": function, **changes})


def test_it_runs_at_once_and_again(database, ran):
    with running(a_timer(database, ran.append)):
        eventually(lambda: len(ran) >= 3)
    assert ran == sorted(ran) and ran[0].tzinfo is not None


def test_it_runs_on_one_replica_until_that_one_stops(database, ran):
    first, second = a_timer(database, lambda at: ran.append(1)), a_timer(database, lambda at: ran.append(2))
    with running(second):
        eventually(lambda: 2 in ran)
        with running(first):
            before = len(ran)
            eventually(lambda: len(ran) > before + 5)
            assert set(ran) == {2}
            second.stop()
            eventually(lambda: 1 in ran)


def test_it_does_not_run_while_another_holds_the_lease(database, ran):
    other = claimant.my_name()
    assert leases.take(database, "parcels.overdue", holder=other, seconds=60, at=clock.now())
    with running(a_timer(database, ran.append)):
        leases.release(database, "parcels.overdue", holder="somebody else")
        assert ran == []
        leases.release(database, "parcels.overdue", holder=other)
        eventually(lambda: ran)


def test_a_run_that_failed_does_not_stop_the_next(database, ran):
    def fail_first(at):
        ran.append(at)
        if len(ran) == 1:
            raise LookupError("once")

    with running(a_timer(database, fail_first)):
        eventually(lambda: len(ran) >= 2)


def test_stopping_waits_for_the_run_at_hand_and_not_for_the_next(database, ran):
    started, go = threading.Event(), threading.Event()

    def slowly(at):
        started.set()
        go.wait(10)
        ran.append(at)

    timer = a_timer(database, slowly, seconds=3600)
    with running(timer):
        started.wait(10)
        timer.stop()
        go.set()
    assert len(ran) == 1
