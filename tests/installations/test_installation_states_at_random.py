"""INS-2, INS-4: no sequence of what staff do and of what routers say leads an installation to where it must not be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from chassis.errors import Refusal
from chassis.identifiers import new_id
from chassis.secrets import Keyring
from chassis.storage import Database
from chassis.storage.migrations import migrate
from events.provisioning import AdjustmentFailed, RemovalDelayed, ServiceAdjusted, ServiceRemoved
from services.installations import activation, changing, ending, listing, scheduling
from services.installations.model import ACTIVE, CURRENT, ENDED, OVER, STATES, Client, Installation, InstallationWord
from tests.installations.builders import NOON, set_the_scene
from tests.installations.conftest import MIGRATIONS
from tests.samples import told

# Which states may follow one another, written down once more: the model is checked against it.
FOLLOWS = {
    "new": {"in_progress", "activating", "cancelled"},
    "in_progress": {"activating", "active", "cancelled"},
    "activating": {"active", "in_progress"},
    "active": {"ending"},
    "ending": {"active", "ended"},
    "ended": set(),
    "cancelled": set(),
}
ADDRESSES = st.sampled_from(("10.20.0.1", "10.20.0.2", "10.20.0.3", "10.20.0.4", "10.20.0.5"))
NAMES = st.sampled_from(("ana", "beto", "carla", "dario", "eva"))
WHICH = st.integers(0, 5)
MINUTES = st.integers(0, 30)
MOST_JOBS = 2


class Office(RuleBasedStateMachine):
    """One company's installations, over few addresses and names, so that they get in each other's way."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        super().__init__()
        self.database, self.keyring = database, keyring
        self.jobs, self.attempts = [], []
        self.known: dict = {}
        self.wishes: dict = {}
        self.settled: set = set()
        self.at = NOON

    @initialize()
    def open(self):
        """A company of its own for each run: the database is the same."""
        self.company = new_id()
        with self.database.begin(self.company) as session:
            self.scene = set_the_scene(session, self.keyring, self.company)

    @precondition(lambda self: len([state for state, _ in self.known.values() if FOLLOWS[state]]) < MOST_JOBS)
    @rule(address=ADDRESSES, name=NAMES)
    def schedule(self, address, name):
        made = self.done(lambda session: self.scene.schedule(session, ip_address=address, service_name=name).id)
        self.jobs += [made] if made else []

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, address=ADDRESSES, name=NAMES, stale=st.booleans())
    def change(self, which, address, name, stale):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        before = self.row(job)
        version = before.version - stale
        changed = self.done(
            lambda session: (
                self.scene.change(
                    session, session.get(Installation, job), ip_address=address, service_name=name, version=version
                ).id
            )
        )
        assert not (changed and stale), "a form that shows an older version was saved"
        if changed and before.state != ACTIVE:
            self.settled.add(before.activation_id)

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH)
    def start(self, which):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        self.done(lambda session: scheduling.start(session, installation_id=job))

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH)
    def cancel(self, which):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        before = self.row(job)
        if self.done(lambda session: scheduling.cancel(session, installation_id=job, reason=None)):
            self.settled.add(before.activation_id)

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, minutes=MINUTES)
    def activate(self, which, minutes):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        self.at += timedelta(minutes=minutes)
        before = self.row(job)
        asked = self.done(lambda session: activation.activate(session, installation_id=job, at=self.at).activation_id)
        if asked:
            self.settled.add(before.activation_id)
            self.attempts.append((job, asked))

    @precondition(lambda self: self.attempts)
    @rule(which=WHICH)
    def the_router_refuses_and_staff_try_again(self, which):
        self.the_router_refuses(which)
        self.activate(which, 0)

    @precondition(lambda self: self.attempts)
    @rule(which=WHICH)
    def the_router_has_it(self, which):
        attempt = self.attempts[-1 - which % min(len(self.attempts), 3)]
        self.outcome(attempt, lambda session, **of: activation.confirm(session, **of, at=self.at))

    @precondition(lambda self: self.attempts)
    @rule(which=WHICH)
    def the_router_refuses(self, which):
        attempt = self.attempts[-1 - which % min(len(self.attempts), 3)]
        because = {"reason_code": "router-refused", "reason_params": {}}
        self.outcome(attempt, lambda session, **of: activation.fail(session, **of, **because))

    @rule(minutes=MINUTES)
    def patience_ends(self, minutes):
        self.at += timedelta(minutes=minutes)
        with self.database.read(self.company) as session:
            stuck = activation.stuck(session, at=self.at, patience=timedelta(minutes=10))
        for each in stuck:
            of = {"installation_id": each.id, "activation_id": each.activation_id}
            self.done(lambda session, of=of: activation.give_up(session, **of))

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, version=st.integers(1, 9), refused=st.booleans())
    def the_router_tells_of_a_change(self, which, version, refused):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        of = {"company_id": self.company, "installation_id": job, "version": version}
        if refused:
            event = told(AdjustmentFailed, operation="change", reason_code="router-refused", **of)
            self.done(lambda session: changing.refused(session, event))
        else:
            self.done(lambda session: changing.adjusted(session, told(ServiceAdjusted, **of)))

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, days=st.sampled_from((None, 0, 1)))
    def a_client_leaves(self, which, days):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        last = None if days is None else (self.at - timedelta(hours=6)).date() + timedelta(days=days)
        wish = {"installation_id": job, "ends_on": last, "reason": "moved", "note": None, "at": self.at}
        self.asked_to_end(job, lambda session: ending.end(session, **wish))

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH)
    def staff_ask_the_router_again(self, which):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        self.asked_to_end(job, lambda session: ending.end_again(session, installation_id=job))

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH)
    def the_client_stays_after_all(self, which):
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        if self.done(lambda session: ending.keep(session, installation_id=job)):
            self.wishes.pop(job, None)

    @rule(hours=st.integers(0, 30))
    def a_day_comes(self, hours):
        self.at += timedelta(hours=hours)
        with self.database.read(self.company) as session:
            due = [each.id for each in ending.due(session, at=self.at)]
        for each in due:
            self.asked_to_end(
                each,
                lambda session, of=each: (
                    ending.end_due(session, installation_id=of, at=self.at) or session.get(Installation, of)
                ),
            )

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, asked=st.integers(1, 9), gone=st.booleans(), newest=st.booleans())
    def the_router_tells_of_a_removal(self, which, asked, gone, newest):
        """It is no client any more then, if that was the newest wish, and only then."""
        job = self.jobs[-1 - which % min(len(self.jobs), 3)]
        before, wish = self.row(job), self.wishes.get(job)
        asked = wish if newest and wish else asked
        of = {"company_id": self.company, "installation_id": job, "version": 99, "asked_version": asked}
        if gone:
            self.done(lambda session: ending.removed(session, told(ServiceRemoved, **of)) or True)
        else:
            delayed = told(RemovalDelayed, reason_code="router-unreachable", **of)
            self.done(lambda session: ending.not_removed(session, delayed) or True)
        ends = gone and wish is not None and asked >= wish and before.state == "ending"
        assert (self.row(job).state == ENDED) == (ends or before.state == ENDED)

    def asked_to_end(self, job, act):
        installation = self.done(act)
        if installation is not None and installation.state == "ending":
            self.wishes[job] = installation.ending_version

    @invariant()
    def nothing_is_where_it_must_not_be(self):
        with self.database.read(self.company) as session:
            rows = {row.id: row for row in session.scalars(select(Installation))}
            clients = {client.id: client for client in session.scalars(select(Client))}
            totals = listing.totals(session)
            sections = session.execute(select(InstallationWord.id, InstallationWord.section).distinct()).all()
        for identity, row in rows.items():
            self.follows(identity, row)
        active = {identity for identity, row in rows.items() if row.state in (*CURRENT, ENDED)}
        assert clients.keys() == active, "one client for each that was activated, and no other"
        assert sorted(client.number for client in clients.values()) == list(range(1, len(clients) + 1))
        assert all(
            (rows[each].client_number, rows[each].activated_at) == (clients[each].number, clients[each].activated_at)
            for each in active
        )
        assert sorted(row.number for row in rows.values()) == list(range(1, len(rows) + 1))
        for name, kept in (("ip_address", "reserved_ip"), ("service_name", "reserved_name")):
            there = [(row.router_id, getattr(row, name)) for row in rows.values() if row.state not in OVER]
            assert len(there) == len(set(there)), f"two have the same {name}"
            assert all(
                getattr(row, kept) == (None if row.state in OVER else getattr(row, name)) for row in rows.values()
            )
        assert totals == {state: sum(row.state == state for row in rows.values()) for state in STATES}
        of = {"active": "client", "ending": "client", "ended": "ended", "cancelled": "cancelled"}
        assert dict(map(tuple, sections)) == {each: of.get(row.state, "pending") for each, row in rows.items()}
        assert len(sections) == len(rows), "found where it is, and nowhere else"
        self.known = {each: (row.state, row.version) for each, row in rows.items()}

    def follows(self, identity, row):
        state, version = self.known.get(identity, ("new", 0))
        assert row.state == state or row.state in FOLLOWS[state], f"{state} became {row.state}"
        assert row.version >= version and (row.state == state or row.version > version), "versions only grow"
        if row.state == "activating":
            assert row.activation_id and row.activation_requested_at

    def outcome(self, attempt, tell):
        """It comes late and again; of an attempt that another one or a change came after, it changes nothing."""
        job, asked = attempt
        before = self.row(job)
        self.done(lambda session: tell(session, installation_id=job, activation_id=asked) or True)
        after = self.row(job)
        if asked in self.settled or before.activation_id != asked or before.state in (*CURRENT, *OVER):
            assert (after.state, after.version) == (before.state, before.version), "a stale outcome counted"

    def row(self, job):
        with self.database.read(self.company) as session:
            return session.get(Installation, job)

    def done(self, act):
        """What came of it; None when it was refused, as a whole."""
        try:
            with self.database.begin(self.company) as session:
                return act(session)
        except Refusal:
            return None


def test_ins_2_no_sequence_leads_where_it_must_not(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/installations.sqlite3")
    migrate(database, MIGRATIONS)
    keyring = Keyring.create(tmp_path / "installations.key")
    few = settings(max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(lambda: Office(database, keyring), settings=few)
    database.close()
