"""INS-2, INS-4: from a job to a client, whatever the order of the outcomes and however often they come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import NotFound
from chassis.identifiers import new_id
from services.installations import activation, overview, queries, scheduling
from services.installations.errors import IllegalInstallationMove
from services.installations.model import STATES, TIMED_OUT, Client
from tests.installations.builders import NOON, confirm, fail, list_clients, told_last, types

TEN_MINUTES = timedelta(minutes=10)


def clients(session, **asked):
    return list_clients(session, **asked).rows


def activating(scene, session):
    installation = scene.schedule(session)
    return activation.activate(session, installation_id=installation.id, at=NOON)


def test_a_confirmed_activation_makes_one_client(scene, session):
    installation = activating(scene, session)
    request = told_last(session)
    assert request["activation_id"] == str(installation.activation_id)
    assert (request["service_name"], request["plan"]["upload_kbps"]) == (installation.service_name, 5_120)
    assert clients(session) == []
    confirm(session, installation)
    confirm(session, installation)
    session.flush()
    assert [(row.state, row.client_number) for row in clients(session)] == [("active", 1)]
    assert types(session) == ["InstallationScheduled", "InstallationActivationRequested", "InstallationActivated"]


def test_a_failed_one_is_in_progress_again_with_the_reason_and_may_be_retried(scene, session):
    installation = activating(scene, session)
    fail(session, installation)
    assert (installation.state, installation.failure_code) == ("in_progress", "router-unreachable")
    assert told_last(session)["reason_params"] == {"router": "Norte"}
    activation.activate(session, installation_id=installation.id, at=NOON)
    assert installation.failure_code is None
    confirm(session, installation)
    assert installation.state == "active"


def test_an_older_attempts_outcome_changes_nothing(scene, session):
    installation = activating(scene, session)
    first = installation.activation_id
    fail(session, installation)
    activation.activate(session, installation_id=installation.id, at=NOON)
    confirm(session, installation, first)
    fail(session, installation, first)
    assert (installation.state, len(types(session))) == ("activating", 4)


def test_a_second_click_is_refused(scene, session):
    installation = activating(scene, session)
    with pytest.raises(IllegalInstallationMove) as refused:
        activation.activate(session, installation_id=installation.id, at=NOON)
    assert refused.value.params == {"state": "activating", "move": "activate"}


def test_nobody_else_activates_it(database, scene):
    with database.begin(scene.company) as session:
        installation = scene.schedule(session)
    with database.begin(new_id()) as theirs, pytest.raises(NotFound):
        activation.activate(theirs, installation_id=installation.id, at=NOON)


def test_what_nobody_answers_is_given_up_after_a_while(scene, session):
    installation = activating(scene, session)
    session.flush()
    assert activation.stuck(session, at=NOON + TEN_MINUTES, patience=TEN_MINUTES) == []
    late = NOON + TEN_MINUTES + timedelta(seconds=1)
    assert activation.stuck(session, at=late, patience=TEN_MINUTES) == [installation]
    activation.give_up(session, installation_id=installation.id, activation_id=installation.activation_id)
    session.flush()
    assert (installation.state, installation.failure_code) == ("in_progress", TIMED_OUT)
    assert activation.stuck(session, at=late, patience=TEN_MINUTES) == []


def test_the_routers_word_counts_after_we_lost_patience_unless_the_job_changed(scene, session):
    late, changed, cancelled = (activating(scene, session) for _ in range(3))
    asked = {each.id: each.activation_id for each in (late, changed, cancelled)}
    for each in (late, changed, cancelled):
        activation.give_up(session, installation_id=each.id, activation_id=each.activation_id)
    scene.change(session, changed, ip_address="10.20.7.7")
    scheduling.cancel(session, installation_id=cancelled.id, reason=None)
    for each in (late, changed, cancelled):
        confirm(session, each, asked[each.id])
    assert [each.state for each in (late, changed, cancelled)] == ["active", "in_progress", "cancelled"]


def test_a_failure_that_was_told_is_not_taken_back(scene, session):
    installation = activating(scene, session)
    fail(session, installation)
    confirm(session, installation)
    assert installation.state == "in_progress"


def test_clients_are_found_by_day_month_name_and_number(scene, session):
    scene.activated(session, at=NOON.replace(month=10, day=31))
    scene.activated(session, at=NOON.replace(month=11, day=1, hour=4), first_name="José")  # still October in Mexico
    scene.activated(session, at=NOON, first_name="Ana")
    names = lambda **filters: [row.first_name for row in clients(session, **filters)]  # noqa: E731
    assert names() == ["Ana", "José", "María"]
    assert names(month="2026-10") == ["José", "María"]
    assert names(day=NOON.date().replace(month=10, day=31)) == ["José", "María"]
    assert names(month="2026-11") == ["Ana"] and names(day=NOON.date()) == ["Ana"]
    assert names(search="jose lopez") == ["José"]
    assert names(search="3 ana") == ["Ana"]


def test_the_dashboards_number_and_the_client_list_agree(scene, session):
    scene.activated(session)
    scene.activated(session, at=NOON - timedelta(days=40))
    shown = overview.month(session, at=NOON, month=None)
    assert shown["installs"] == len(clients(session, month=shown["month"])) == 1


def test_what_is_not_active_is_no_client(scene, session):
    installation = scene.schedule(session)
    with pytest.raises(NotFound):
        queries.get_client(session, installation_id=installation.id)


LEGAL = {
    ("new", "start"): "in_progress",
    ("new", "activate"): "activating",
    ("new", "cancel"): "cancelled",
    ("in_progress", "activate"): "activating",
    ("in_progress", "cancel"): "cancelled",
    ("activating", "confirm"): "active",
    ("activating", "fail"): "in_progress",
    ("activating", "give_up"): "in_progress",
}
OUTCOMES = {"confirm", "fail", "stale", "give_up"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(["start", "activate", "cancel", "confirm", "fail", "stale", "give_up"]), max_size=12)
)
def test_no_sequence_of_actions_and_outcomes_goes_astray(scene, session, steps):
    """Actions that the state does not allow are refused by name; outcomes that nobody waits for change nothing."""
    installation = scene.schedule(session)
    of_it = {"installation_id": installation.id}
    actions = {
        "start": lambda: scheduling.start(session, **of_it),
        "activate": lambda: activation.activate(session, at=NOON, **of_it),
        "cancel": lambda: scheduling.cancel(session, reason=None, **of_it),
        "confirm": lambda: confirm(session, installation),
        "fail": lambda: fail(session, installation),
        "stale": lambda: confirm(session, installation, new_id()),
        "give_up": lambda: activation.give_up(session, activation_id=installation.activation_id or new_id(), **of_it),
    }
    for step in steps:
        before, given_up = installation.state, installation.failure_code == TIMED_OUT
        leads_to = LEGAL.get((before, step))
        if step == "confirm" and before == "in_progress" and given_up:
            leads_to = "active"
        if leads_to is None and step not in OUTCOMES:
            with pytest.raises(IllegalInstallationMove):
                actions[step]()
        else:
            actions[step]()
        assert installation.state == (leads_to or before)
        assert installation.state in STATES
        assert (session.get(Client, installation.id) is not None) == (installation.state == "active")
