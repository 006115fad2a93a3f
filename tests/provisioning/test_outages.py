"""PRO-4: a router that is off costs the others nothing, and what waits for it is done as soon as it is back."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chassis import clock
from chassis.errors import Permanent, Transient
from chassis.storage.tables import jobs
from events.installations import InstallationActivationRequested
from services.provisioning import adjusting, outages
from services.provisioning.model import SUSPEND
from services.provisioning.routers.breaker import LONGEST_PAUSE, Breaker
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter

ROUTER = "norte"


class Network:
    """A router behind a breaker, in a time of its own."""

    def __init__(self) -> None:
        self.now, self.tried = 0.0, 0
        self.breaker = Breaker(lambda: self.now)
        self.fails: Exception | None = Transient("router-unreachable")

    def ask(self, *, waited_for: bool = False) -> bool:
        """Whether the router itself was tried."""
        before = self.tried
        with contextlib.suppress(Transient, Permanent):
            self._try(waited_for)
        return self.tried > before

    def _try(self, waited_for: bool) -> None:
        with self.breaker.watching(ROUTER, waited_for=waited_for):
            self.tried += 1
            if self.fails:
                raise self.fails


def test_a_silent_router_is_left_alone_for_longer_and_longer() -> None:
    network = Network()
    pauses: list[float] = []
    assert network.ask()
    assert network.ask()
    for _ in range(8):
        began = network.now
        while not network.ask():
            network.now += 0.25
        pauses.append(network.now - began)
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_somebody_who_waits_at_a_screen_is_not_put_off() -> None:
    network = Network()
    assert [network.ask(), network.ask(), network.ask()] == [True, True, False]
    assert network.ask(waited_for=True)


@pytest.mark.parametrize("answer", [None, Permanent("router-login-refused"), Transient("router-connection-dropped")])
def test_a_router_that_answered_is_asked_again_at_once(answer: Exception | None) -> None:
    network = Network()
    assert [network.ask(), network.ask(), network.ask()] == [True, True, False]
    network.fails = answer
    network.ask(waited_for=True)
    assert network.ask()
    assert network.ask()


def test_what_waits_for_a_router_is_done_as_soon_as_it_is_back(
    story: Story, active: InstallationActivationRequested, router: SimulatedRouter
) -> None:
    router.do("offline")
    story.adjust(SUSPEND)
    with pytest.raises(Transient):
        story.run(story.job(adjusting.ADJUST))
    with pytest.raises(Transient):
        story.run(story.job(outages.KNOCK))
    later = clock.now() + timedelta(minutes=5)
    with story.workshop.database.begin_unscoped() as session:
        waiting = update(jobs).where(jobs.c.kind == adjusting.ADJUST).values(attempt=9, next_attempt_at=later)
        session.connection().execute(waiting)
    router.do("online")
    story.run(story.job(outages.KNOCK))
    assert story.router().lost_at is None
    with story.session() as session:
        (due_at,) = session.scalars(select(jobs.c.next_attempt_at).where(jobs.c.kind == adjusting.ADJUST))
    assert due_at <= clock.now()
    story.work_off()
    assert "ServiceSuspended" in story.told_types()


def test_nobody_knocks_at_a_router_that_answers_or_is_out_of_use(
    story: Story, active: InstallationActivationRequested, router: SimulatedRouter
) -> None:
    with story.workshop.database.begin(story.company) as session:
        found = session.merge(story.router())
        outages.note_silence(session, found, reason_code="router-timeout", at=clock.now())
        outages.note_answer(session, found)
    before = router.commands
    story.run(story.job(outages.KNOCK))
    assert router.commands == before
