"""INS-2, INS-4: from a job to a client, whatever order and however often the outcomes come."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.identifiers import new_id
from chassis.outbox.announcing import announced
from events.contracts import ContractPdfReady
from events.preinstall import PreinstallApproved
from services.installations import activation, filing, queries, scheduling
from services.installations.errors import IllegalInstallationMove
from services.installations.model import MOVES, STATES, Client
from tests.installations.builders import AT
from tests.samples import told


def confirm(session, installation, activation_id=None):
    wanted = activation_id or installation.activation_id
    activation.confirm(session, installation_id=installation.id, activation_id=wanted, at=AT)


def fail(session, installation, activation_id=None):
    activation.fail(
        session,
        installation_id=installation.id,
        activation_id=activation_id or installation.activation_id,
        reason_code="router-unreachable",
        reason_params={"seconds": 5},
    )


def clients(session):
    return queries.list_clients(session, search=None, month=None, day=None, after=None, limit=25).rows


def types(session):
    return [event.type for event in announced(session) if event.source == "installations" and "Plan" not in event.type]


def test_a_confirmed_activation_makes_one_client(company, session):
    installation = company.schedule()
    activation.activate(session, installation_id=installation.id, at=AT)
    assert clients(session) == []
    confirm(session, installation)
    confirm(session, installation)
    session.flush()
    assert [(row.state, row.client.number) for row in clients(session)] == [("active", 1)]
    assert types(session) == ["InstallationScheduled", "InstallationActivationRequested", "InstallationActivated"]


def test_a_failed_one_is_in_progress_again_with_the_reason_and_may_be_retried(company, session):
    installation = company.schedule()
    activation.activate(session, installation_id=installation.id, at=AT)
    fail(session, installation)
    assert (installation.state, installation.failure_code) == ("in_progress", "router-unreachable")
    activation.activate(session, installation_id=installation.id, at=AT)
    assert installation.failure_code is None
    confirm(session, installation)
    assert installation.state == "active"


def test_an_older_attempts_outcome_changes_nothing(company, session):
    installation = company.schedule()
    activation.activate(session, installation_id=installation.id, at=AT)
    first = installation.activation_id
    fail(session, installation)
    activation.activate(session, installation_id=installation.id, at=AT)
    confirm(session, installation, first)
    fail(session, installation, first)
    assert installation.state == "activating"


def test_a_second_click_is_refused(company, session):
    installation = company.schedule()
    activation.activate(session, installation_id=installation.id, at=AT)
    with pytest.raises(IllegalInstallationMove):
        activation.activate(session, installation_id=installation.id, at=AT)


def test_what_nobody_answers_is_found_after_a_while(company, session):
    installation = company.schedule()
    activation.activate(session, installation_id=installation.id, at=AT)
    session.flush()
    assert activation.stuck(session, at=AT + timedelta(minutes=9)) == []
    assert activation.stuck(session, at=AT + timedelta(minutes=11)) == [installation]


def test_the_dashboards_number_and_the_client_list_agree(company, session):
    installation = company.schedule()
    activation.activate(session, installation_id=installation.id, at=AT)
    confirm(session, installation)
    session.flush()
    shown = queries.dashboard(session, at=AT)
    listed = queries.list_clients(session, search=None, month=shown["month"], day=None, after=None, limit=25).rows
    assert shown["installs_this_month"] == len(listed) == 1


def test_the_prospects_papers_and_the_contract_come_along_once(company, session):
    installation = company.schedule(preinstall_request_id=str(new_id()))
    approved = told(PreinstallApproved, installation_id=installation.id)
    pdf = told(ContractPdfReady, installation_id=installation.id)
    for _ in range(2):
        filing.attach_documents(session, approved)
        filing.attach_contract(session, pdf)
        session.flush()
    files = queries.list_files(session, installation_id=installation.id)
    assert sorted((file.origin, file.visible_to_client) for file in files) == [("contract", True), ("prospect", False)]


numbers = itertools.count(1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["start", "activate", "confirm", "fail", "stale", "cancel"]), max_size=12))
def test_no_sequence_of_actions_and_outcomes_reaches_an_illegal_state(company, session, steps):
    number = next(numbers)
    installation = company.schedule(ip_address=f"10.21.{number // 250}.{number % 250}", service_name=f"n{number}")
    for step in steps:
        before = installation.state
        try:
            {
                "start": lambda: scheduling.start(session, installation_id=installation.id),
                "activate": lambda: activation.activate(session, installation_id=installation.id, at=AT),
                "confirm": lambda: confirm(session, installation, installation.activation_id or new_id()),
                "fail": lambda: fail(session, installation, installation.activation_id or new_id()),
                "stale": lambda: confirm(session, installation, new_id()),
                "cancel": lambda: scheduling.cancel(session, installation_id=installation.id, reason=None),
            }[step]()
        except IllegalInstallationMove:
            assert before not in MOVES[step]
        assert installation.state in STATES
        assert (session.get(Client, installation.id) is not None) == (installation.state == "active")
