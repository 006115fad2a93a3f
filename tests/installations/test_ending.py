"""INS-2: a client leaves, now or on a day, by the router's word alone; and stays a client until that has come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from events.provisioning import AdjustmentFailed, RemovalDelayed, ServiceAbandoned, ServiceRemoved
from services.installations import changing, ending, queries, scheduling
from services.installations.errors import FormRefused, IllegalInstallationMove
from services.installations.model import Installation
from tests.installations.builders import NOON, list_clients, list_installations, told_last, types
from tests.samples import told

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
TAKES_LONG = {"reason_code": "router-unreachable", "reason_params": {}}


def leave(session, installation, **changed):
    wanted: dict[str, Any] = {"ends_on": None, "reason": "moved", "note": "A Cuernavaca", "at": NOON, **changed}
    return ending.end(session, installation_id=installation.id, **wanted)


def word(kind, installation, *, asked=None, version=9, **of):
    """What its router said; by default on the newest wish."""
    about = {"company_id": installation.company_id, "installation_id": installation.id, "version": version}
    return told(kind, asked_version=installation.ending_version if asked is None else asked, **about, **of)


def is_removed(session, installation, **of):
    session.flush()
    ending.removed(session, word(ServiceRemoved, installation, **of))
    session.flush()


def names(session, **asked):
    return [row.first_name for row in list_clients(session, **asked).rows]


def test_the_routers_word_ends_it_and_frees_its_address_and_name(scene, session):
    gone = scene.activated(session)
    leave(session, gone)
    assert (gone.state, told_last(session)["release"]) == ("ending", False)
    session.flush()
    assert names(session) == ["María"], "a client until the router has said so"
    is_removed(session, gone)
    is_removed(session, gone)
    assert (gone.state, gone.reserved_ip, gone.end_note) == ("ended", None, "A Cuernavaca")
    assert types(session)[-2:] == ["ServiceEndRequested", "ServiceEnded"], "told once"
    last = told_last(session)
    assert (last["ends_on"], last["client_number"], last["state"], last["quiet"]) == ("2026-11-24", 1, "ended", False)
    again = scene.schedule(session, ip_address=gone.ip_address, service_name=gone.service_name)
    assert again.number == 2


def test_who_left_is_in_the_list_of_those_who_left_and_in_no_other(scene, session):
    stays, leaves, left = (scene.activated(session, first_name=name) for name in ("Ana", "Beto", "Carla"))
    leave(session, leaves)
    leave(session, left)
    is_removed(session, left, removed_at=NOON)
    assert {*names(session)} == {"Beto", "Ana"} and names(session, states=["active"]) == ["Ana"]
    assert names(session, states=["ended"]) == names(session, states=["ended"], month="2026-11") == ["Carla"]
    assert names(session, states=["ended"], dates="ended_at", day=TODAY) == ["Carla"]
    assert names(session, states=["ended"], dates="ended_at", from_on=TODAY + DAY) == []
    everybody = {"states": ["active", "ending", "ended"]}
    assert {*names(session, search="lopez", **everybody)} == {"Carla", "Beto", "Ana"}
    assert names(session, search="carla") == [] and names(session, states=["ended"], search="carla") == ["Carla"]
    assert names(session, states=["active"], search="lopez") == ["Ana"]
    assert list_installations(session).rows == []
    assert [row.first_name for row in list_installations(session, states=["ended"], search="car").rows] == ["Carla"]
    where = {"router_id": scene.router_id, "addresses": [], "macs": []}
    assert queries.find_matching(session, names=[left.service_name], **where) == [] and stays.state == "active"


def test_a_later_day_is_waited_for_where_the_company_is(scene, session):
    installation = scene.activated(session)
    leave(session, installation, ends_on=TODAY + DAY)
    assert (installation.state, told_last(session)["ends_on"]) == ("active", "2026-11-25")
    session.flush()
    before_midnight = datetime(2026, 11, 26, 5, 59, tzinfo=UTC)  # in Mexico City it is the 25th for a minute still
    for at in (NOON, before_midnight):
        ending.end_due(session, installation_id=installation.id, at=at)
        assert installation.state == "active"
    assert ending.due(session, at=NOON) == [] and ending.due(session, at=before_midnight) == [installation]
    for _ in range(2):
        ending.end_due(session, installation_id=installation.id, at=before_midnight + timedelta(minutes=1))
    assert (installation.state, types(session)[-2:]) == ("ending", ["ServiceEndPlanned", "ServiceEndRequested"])
    assert installation.ends_on == TODAY + DAY


@pytest.mark.parametrize(("day", "why"), [(TODAY - DAY, "day-is-over"), (TODAY + 400 * DAY, "day-too-far")])
def test_a_day_that_cannot_be_is_refused_beside_it(scene, session, day, why):
    installation = scene.activated(session)
    with pytest.raises(FormRefused) as refused:
        leave(session, installation, ends_on=day)
    assert refused.value.fields["ends_on"][0]["code"] == why and installation.state == "active"


def test_what_takes_long_or_is_refused_says_why_and_may_be_asked_again(scene, session):
    installation = scene.activated(session)
    leave(session, installation)
    ending.not_removed(session, word(RemovalDelayed, installation, version=5, **TAKES_LONG))
    assert (installation.state, installation.failure_code) == ("ending", "router-unreachable")
    first = installation.ending_version
    ending.end_again(session, installation_id=installation.id)
    assert installation.failure_code is None and told_last(session)["ends_on"] == "2026-11-24"
    refusal = {"operation": "remove", "reason_code": "router-login-refused", "reason_params": {}}
    ending.not_removed(session, word(AdjustmentFailed, installation, asked=first, version=8, **refusal))
    assert installation.failure_code is None, "on an older wish"
    ending.not_removed(session, word(AdjustmentFailed, installation, **refusal))
    assert installation.failure_code == "router-login-refused"
    is_removed(session, installation, asked=first)
    assert installation.state == "ending", "an older wish's answer"
    is_removed(session, installation)
    assert (installation.state, installation.failure_code) == ("ended", None)


@pytest.mark.parametrize("planned", [False, True])
def test_a_router_out_of_use_is_not_waited_for_where_staff_say_so(scene, session, planned):
    """At once, on the planned day, or when they have waited long enough."""
    installation = scene.activated(session)
    leave(session, installation, ends_on=TODAY + DAY if planned else None, without_router=planned)
    if planned:
        ending.end_due(session, installation_id=installation.id, at=NOON + 2 * DAY)
    else:
        assert not told_last(session)["without_router"]
        ending.end_without_router(session, installation_id=installation.id)
    assert told_last(session)["without_router"] and installation.state == "ending"
    older = word(ServiceAbandoned, installation, asked=installation.ending_version - 1)
    ending.abandoned(session, older)
    assert installation.state == "ending", "an older wish's answer"
    ending.abandoned(session, word(ServiceAbandoned, installation, abandoned_at=NOON))
    assert (installation.state, installation.ended_at, installation.reserved_ip) == ("ended", NOON, None)
    assert installation.without_router and told_last(session)["left_on_router"]
    is_removed(session, installation)
    assert types(session)[-1] == "ServiceEnded" and types(session).count("ServiceEnded") == 1
    asked = scene.activated(session)
    leave(session, asked, without_router=True)
    is_removed(session, asked)
    assert not asked.without_router and not told_last(session)["left_on_router"], "it was in use, and answered"


def test_who_stays_after_all_is_a_client_as_before(scene, session):
    installation = scene.activated(session)
    for ends_on in (None, TODAY + DAY):
        leave(session, installation, ends_on=ends_on)
        ending.keep(session, installation_id=installation.id)
        assert (installation.state, installation.ends_on, installation.end_reason) == ("active", None, None)
        assert told_last(session)["service_name"] == installation.service_name
        is_removed(session, installation, asked=installation.version)
        assert installation.state == "active", "what the router says late changes nothing"
    with pytest.raises(IllegalInstallationMove):
        ending.keep(session, installation_id=installation.id)
    assert types(session)[-1] == "ServiceEndWithdrawn"


def test_a_change_that_is_under_way_is_forgotten_by_who_leaves(scene, session):
    installation = scene.activated(session)
    scene.change(session, installation, ip_address="10.20.9.9")
    leave(session, installation)
    refusal = {"operation": "change", "reason_code": "router-refused", "reason_params": {}}
    changing.refused(session, word(AdjustmentFailed, installation, asked=installation.version, **refusal))
    assert (installation.state, types(session)[-1]) == ("ending", "ServiceEndRequested")
    with pytest.raises(IllegalInstallationMove):
        scene.change(session, installation, ip_address="10.20.9.10")


def test_only_clients_leave_and_only_the_company_s_own(database, scene):
    with database.begin(scene.company) as session:
        job, client = scene.schedule(session), scene.activated(session)
        for act in (leave, lambda session, each: ending.end_again(session, installation_id=each.id)):
            with pytest.raises(IllegalInstallationMove):
                act(session, job)
        leave(session, client)
        with pytest.raises(IllegalInstallationMove):
            leave(session, client)
        with pytest.raises(IllegalInstallationMove):
            scheduling.cancel(session, installation_id=client.id, reason=None)
    with database.begin(new_id()) as theirs:
        for act in (ending.keep, ending.end_again):
            with pytest.raises(NotFound):
                act(theirs, installation_id=client.id)
        with pytest.raises(NotFound):
            leave(theirs, client)
    with database.read(scene.company) as session:
        assert session.get(Installation, client.id).state == "ending"
