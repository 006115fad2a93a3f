"""INS-10: who goes where and when; what is wrong with that; times that are free; the way through a day."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import pairwise, permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from events.gateway import StaffChanged
from services.installations import activation, scheduling
from services.installations.agenda import moving, routes, showing, slots, working
from services.installations.agenda.distance import Place, kilometres, minutes_between
from services.installations.errors import ChangedMeanwhile, FormRefused, IllegalInstallationMove, VisitConflicts
from services.installations.projections import learn_staff
from services.installations.schemas import visits as schemas
from tests.installations.builders import NOON, confirm, told_last, types
from tests.samples import told

ZONE = ZoneInfo("America/Mexico_City")
BEFORE = NOON - timedelta(days=1)
"""When everything here is asked for: the day before."""


def clock(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def a_move(installation, **changed):
    fields = ("version", "scheduled_at", "technician_id", "duration_minutes")
    return {"installation_id": installation.id} | {name: getattr(installation, name) for name in fields} | changed


def moved(session, *moves, despite=()):
    return moving.reschedule(session, moves=list(moves), despite=despite, at=BEFORE)


def conflicts(session, first=date(2026, 11, 24), last=date(2026, 11, 24), **filters):
    """The codes beside each visit, by its number."""
    nothing = {"technician_id": None, "zone_id": None, "states": None}
    shown = showing.show_agenda(session, first_on=first, last_on=last, **(nothing | filters))
    return {row["visit"].number: [one.code for one in row["conflicts"]] for row in shown["visits"]}


def another_technician(session, name="Ana Ríos"):
    event = told(StaffChanged, name=name)
    learn_staff(session, event)
    session.flush()
    return event.staff_id


def complaints(refused):
    return [(one["code"], one["params"]["conflict"]) for one in refused.value.fields["scheduled_at"]]


def test_ins_10_a_visit_is_as_long_as_the_company_says_or_as_the_form_does(scene, session):
    working.save_rules(session, visit_minutes=75, week=[[[540, 1080]]] * 7)
    usual, longer = scene.schedule(session), scene.schedule(session, duration_minutes=120)
    assert (usual.duration_minutes, longer.duration_minutes) == (75, 120)
    assert scene.change(session, longer).duration_minutes == 120
    assert told_last(session)["duration_minutes"] == 120


def test_ins_10_moving_a_visit_tells_when_it_was_before(scene, session):
    installation = scene.schedule(session, scheduled_at=clock(10))
    ana = another_technician(session)
    moved(session, a_move(installation, scheduled_at=clock(15), technician_id=ana))
    data = told_last(session)
    assert types(session)[-1] == "InstallationChanged"
    assert data["scheduled_at"] == "2026-11-24T21:00:00+00:00"
    assert (data["rescheduled_from"], data["technician_name"]) == ("2026-11-24T16:00:00+00:00", "Ana Ríos")


def test_a_move_that_changes_nothing_is_not_told_and_one_of_the_technician_alone_says_no_other_time(scene, session):
    installation = scene.schedule(session, scheduled_at=clock(10))
    assert moved(session, a_move(installation)) == []
    assert types(session) == ["InstallationScheduled"]
    moved(session, a_move(installation, technician_id=another_technician(session)))
    assert told_last(session)["rescheduled_from"] is None


def test_of_two_who_move_the_same_visit_the_second_is_told(scene, session):
    installation = scene.schedule(session, scheduled_at=clock(10))
    seen = a_move(installation, scheduled_at=clock(12))
    moved(session, a_move(installation, scheduled_at=clock(11)))
    with pytest.raises(ChangedMeanwhile):
        moved(session, seen)


def test_all_are_moved_or_none(scene, database):
    company = scene.company
    with database.begin(company) as session:
        one, two = (scene.schedule(session, scheduled_at=clock(hour)) for hour in (10, 13))
    stale = a_move(two, scheduled_at=clock(15), version=two.version - 1)
    with pytest.raises(ChangedMeanwhile), database.begin(company) as session:
        moved(session, a_move(one, scheduled_at=clock(11)), stale)
    with database.read(company) as session:
        assert showing.show_agenda(
            session, first_on=date(2026, 11, 24), last_on=date(2026, 11, 24), technician_id=None, zone_id=None,
            states=None,
        )["visits"][0]["visit"].scheduled_at == clock(10)  # fmt: skip


def test_only_what_is_not_done_yet_moves_and_not_while_it_is_activated(scene, session):
    installation = scene.schedule(session, scheduled_at=clock(10))
    activation.activate(session, installation_id=installation.id, at=NOON)
    for state in ("activating", "active"):
        assert installation.state == state
        with pytest.raises(IllegalInstallationMove):
            moved(session, a_move(installation, scheduled_at=clock(11)))
        if state == "activating":
            confirm(session, installation)
    called_off = scene.schedule(session)
    scheduling.cancel(session, installation_id=called_off.id, reason=None)
    with pytest.raises(IllegalInstallationMove):
        moved(session, a_move(called_off, scheduled_at=clock(11)))


def test_nobody_is_given_work_who_may_not_install(scene, session):
    reader = told(StaffChanged, role="read_only")
    learn_staff(session, reader)
    session.flush()
    installation = scene.schedule(session, scheduled_at=clock(10))
    with pytest.raises(FormRefused):
        moved(session, a_move(installation, technician_id=reader.staff_id))


@pytest.mark.parametrize(
    ("at", "minutes", "expected"),
    [
        (clock(9), 60, []),
        (clock(10, 59), 60, ["visit-overlaps"]),
        (clock(9, 1), 60, ["visit-overlaps"]),
        (clock(11), 60, []),
        (clock(8, 30), 60, ["outside-hours"]),
        (clock(17, 30), 60, ["outside-hours"]),
        (clock(17), 60, []),
        (clock(10, day=29), 60, ["day-not-worked"]),
        (clock(10, day=22), 60, ["day-not-worked", "visit-in-the-past"]),
    ],
)
def test_ins_10_what_is_wrong_is_refused_until_it_was_seen(scene, session, at, minutes, expected):
    scene.schedule(session, scheduled_at=clock(10), duration_minutes=60)
    installation = scene.schedule(session, scheduled_at=clock(14))
    move = a_move(installation, scheduled_at=at, duration_minutes=minutes)
    if not expected:
        assert moved(session, move) == [installation]
        return
    with pytest.raises(VisitConflicts) as refused:
        moved(session, dict(move))
    assert [code for code, _ in complaints(refused)] == expected
    session.rollback()


def test_who_has_seen_the_conflicts_goes_on_and_a_new_one_is_asked_about_again(scene, database):
    with database.begin(scene.company) as session:
        scene.schedule(session, scheduled_at=clock(10))
        installation = scene.schedule(session, scheduled_at=clock(14))
        move = a_move(installation, scheduled_at=clock(10, 30))
    with pytest.raises(VisitConflicts) as refused, database.begin(scene.company) as session:
        moved(session, dict(move))
    seen = [key for _, key in complaints(refused)]
    with database.begin(scene.company) as session:
        scene.schedule(session, scheduled_at=clock(11, 45), first_name="Nueva")
    with pytest.raises(VisitConflicts) as refused, database.begin(scene.company) as session:
        moved(session, dict(move), despite=seen)
    assert refused.value.fields["scheduled_at"][0]["params"]["name"] == "Nueva López"
    seen += [key for _, key in complaints(refused)]
    with database.begin(scene.company) as session:
        moved(session, dict(move), despite=seen)
        assert conflicts(session)[installation.number] == ["visit-overlaps", "visit-overlaps"]


def test_a_form_is_asked_about_conflicts_when_somebody_is_there_to_be_asked(scene, session):
    first = scene.schedule(session, scheduled_at=clock(10))
    with pytest.raises(VisitConflicts) as refused:
        scene.schedule(session, scheduled_at=clock(10, 30), despite=[])
    session.expunge_all()
    assert complaints(refused)[0][0] == "visit-overlaps"
    assert first.number == 1


def test_a_form_that_leaves_the_visit_alone_is_not_asked_about_it(scene, session):
    scene.schedule(session, scheduled_at=clock(10))
    installation = scene.schedule(session, scheduled_at=clock(10, 30))
    scene.change(session, installation, scheduled_at=clock(10, 30), first_name="Mara", despite=[])
    assert installation.first_name == "Mara"
    with pytest.raises(VisitConflicts):
        scene.change(session, installation, scheduled_at=clock(10, 45), despite=[])


def test_checking_beforehand_finds_what_saving_would(scene, session):
    installation = scene.schedule(session, scheduled_at=clock(10))
    moving_one = scene.schedule(session, scheduled_at=clock(14))
    question = {
        "technician_id": scene.technician_id, "duration_minutes": 60, "latitude": None, "longitude": None, "at": BEFORE,
    }  # fmt: skip
    found = moving.check(session, installation_id=moving_one.id, scheduled_at=clock(10, 30), **question)
    with pytest.raises(VisitConflicts) as refused:
        moved(session, a_move(moving_one, scheduled_at=clock(10, 30), duration_minutes=60))
    assert [(one.code, one.key) for one in found] == complaints(refused)
    assert found[0].params["number"] == installation.number


def test_absences_hours_of_ones_own_and_holidays(scene, session):
    ana = another_technician(session)
    for technician in (scene.technician_id, ana):
        scene.schedule(session, scheduled_at=clock(10), technician_id=technician)
    working.add_absence(
        session, technician_id=ana, first_on=date(2026, 11, 23), last_on=date(2026, 11, 24), reason="Vacaciones"
    )
    session.flush()
    assert conflicts(session) == {1: [], 2: ["technician-absent"]}
    holiday = working.add_absence(
        session, technician_id=None, first_on=date(2026, 11, 24), last_on=date(2026, 11, 24), reason="Feriado"
    )
    session.flush()
    assert conflicts(session) == {1: ["company-closed"], 2: ["company-closed"]}
    working.remove_absence(session, absence_id=holiday.id)
    working.save_week(session, technician_id=scene.technician_id, week=[[[600, 840]]] * 7)
    session.flush()
    assert conflicts(session) == {1: [], 2: ["technician-absent"]}
    working.save_week(session, technician_id=scene.technician_id, week=[[[660, 840]]] * 7)
    session.flush()
    assert conflicts(session)[1] == ["outside-hours"]
    working.save_week(session, technician_id=scene.technician_id, week=None)
    session.flush()
    assert conflicts(session)[1] == []


def test_who_cannot_be_there_in_time_is_told_so(scene, session):
    """Tepoztlán and Cuernavaca: 15 km as the crow flies, 39 minutes at what we take roads for."""
    scene.schedule(session, scheduled_at=clock(10), duration_minutes=60, latitude="18.985", longitude="-99.099")
    scene.schedule(session, scheduled_at=clock(11, 30), duration_minutes=60, latitude="18.921", longitude="-99.234")
    assert conflicts(session) == {1: ["way-too-long-after"], 2: ["way-too-long-before"]}


@pytest.mark.parametrize("week", [[[[540, 1080]]] * 6, [[[540, 500]]] * 7, [[[0, 600], [500, 700]]] * 7, [[[9]]] * 7])
def test_a_week_that_is_none_is_refused(week):
    with pytest.raises(ValidationError):
        schemas.SaveRules().load({"visit_minutes": 60, "week": week})


def ask_for_slots(session, scene, **asked):
    nothing = dict.fromkeys(
        ("technician_id", "zone_id", "duration_minutes", "latitude", "longitude", "installation_id", "after")
    )
    return slots.propose_slots(session, at=clock(8), **(nothing | {"zone_id": scene.zone_id} | asked))


def test_ins_10_the_next_free_times_are_within_hours_and_beside_what_there_is(scene, session):
    scene.schedule(session, scheduled_at=clock(9), duration_minutes=90)
    busy = scene.schedule(session, scheduled_at=clock(11), duration_minutes=420)
    ana = another_technician(session)
    found = [(slot.technician_id, slot.scheduled_at, slot.nearby) for slot in ask_for_slots(session, scene)]
    assert found[:2] == [(ana, clock(9), 0), (scene.technician_id, clock(9, day=25), 0)] or found[:3] == [
        (ana, clock(9), 0), (ana, clock(9, day=25), 0), (scene.technician_id, clock(9, day=25), 0)
    ]  # fmt: skip
    short = ask_for_slots(session, scene, technician_id=scene.technician_id, duration_minutes=30)
    assert (short[0].scheduled_at, short[0].nearby) == (clock(10, 30), 2)
    without = ask_for_slots(session, scene, technician_id=scene.technician_id, installation_id=busy.id)
    assert without[0].scheduled_at == clock(10, 30)


def test_the_office_is_sent_only_where_nobody_is_a_technician(scene, session):
    learn_staff(session, told(StaffChanged, name="Julio", role="office"))
    session.flush()
    assert {slot.technician_name for slot in ask_for_slots(session, scene)} == {"Raúl Díaz"}
    learn_staff(session, told(StaffChanged, staff_id=scene.technician_id, role="technician", active=False, version=2))
    session.flush()
    assert {slot.technician_name for slot in ask_for_slots(session, scene)} == {"Julio"}


@settings(max_examples=60, deadline=None)
@given(
    busy=st.lists(st.tuples(st.integers(480, 1100), st.integers(5, 200)), max_size=8),
    begin=st.integers(400, 1100),
    minutes=st.integers(5, 240),
)
def test_a_free_time_is_free_and_there_is_none_before_it(busy, begin, minutes):
    midnight = clock(0)

    def moment(minute):
        return midnight + timedelta(minutes=minute)

    spans = [(moment(540), moment(840)), (moment(900), moment(1080))]
    taken = [(moment(start), moment(start + length)) for start, length in busy]

    def is_free(start):
        end = start + timedelta(minutes=minutes)
        inside = any(opens <= start and end <= closes for opens, closes in spans)
        return start >= moment(begin) and inside and not any(b < end and e > start for b, e in taken)

    quarters = [moment(15 * number) for number in range(96)]
    assert slots.earliest(spans, taken, moment(begin), minutes) == next(filter(is_free, quarters), None)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(18.9, 19.1), st.floats(-99.2, -99.0)), max_size=7), st.booleans())
def test_a_route_visits_every_stop_once_and_is_at_most_a_little_longer_than_the_shortest(places, from_the_first):
    stops = [Place(*one) for one in places]
    start = Place(19.0, -99.1) if from_the_first else None
    order = routes.shortest(stops, start)
    assert sorted(order) == list(range(len(stops)))

    def kilometres_of(way):
        return routes.length([*([start] if start else []), *(stops[position] for position in way)])

    best = min(map(kilometres_of, permutations(range(len(stops)))))
    assert kilometres_of(order) <= best * 1.25 + 1e-6


def test_a_route_does_not_cross_itself():
    generator = random.Random(4)
    stops = [Place(19 + generator.random() / 10, -99 + generator.random() / 10) for _ in range(20)]
    way = [stops[position] for position in routes.shortest(stops)]
    legs = list(pairwise(way))
    for number, (a, b) in enumerate(legs):
        for c, d in legs[number + 2 :]:
            turned = kilometres(a, c) + kilometres(b, d)
            assert kilometres(a, b) + kilometres(c, d) <= turned + 1e-6


def test_ins_10_the_days_route_in_time_order_and_a_shorter_one_that_can_be_applied(scene, session):
    """Stops on a line, visited to and fro."""
    hours = {9: "-99.00", 11: "-99.03", 13: "-99.01", 15: "-99.02"}
    for hour, longitude in hours.items():
        scene.schedule(
            session, scheduled_at=clock(hour), duration_minutes=60, latitude="19.0", longitude=longitude,
            first_name=f"A las {hour}",
        )  # fmt: skip
    scene.schedule(session, scheduled_at=clock(17), duration_minutes=60, first_name="Sin lugar")
    day = date(2026, 11, 24)
    route = showing.show_route(session, technician_id=scene.technician_id, on=day)
    assert [stop["visit"].first_name for stop in route["stops"]] == [f"A las {hour}" for hour in hours]
    assert [visit.first_name for visit in route["unplaced"]] == ["Sin lugar"]
    assert route["total_km"] == pytest.approx(6 * kilometres(Place(19, -99), Place(19, -99.01)), rel=1e-3)
    moves = route["suggestion"]["moves"]
    assert [move["person"] for move in moves] == [f"A las {hour} López" for hour in (9, 13, 15, 11)]
    assert route["suggestion"]["total_km"] == pytest.approx(route["total_km"] / 2, rel=1e-3)
    names = ("installation_id", "version", "scheduled_at", "technician_id", "duration_minutes")
    moved(session, *({name: move[name] for name in names} for move in moves))
    assert set(map(tuple, conflicts(session).values())) == {()}
    again = showing.show_route(session, technician_id=scene.technician_id, on=day)
    assert again["suggestion"] is None
    assert again["stops"][0]["visit"].scheduled_at == clock(9)


def test_the_month_says_what_there_is_to_do_and_how_full_that_is(scene, session):
    scene.schedule(session, scheduled_at=clock(10))
    scene.schedule(session, scheduled_at=clock(10, 30))
    rows = showing.show_month(session, month="2026-11", technician_id=None, zone_id=None, states=None)
    assert len(rows) == 30
    day = rows[23]
    assert (day["on"], day["visits"], day["pending"], day["conflicts"]) == (date(2026, 11, 24), 2, 2, 2)
    assert (day["booked_minutes"], day["worked_minutes"]) == (180, 540)
    assert rows[28]["worked_minutes"] == 0


def test_what_was_not_done_in_time_is_late(scene, session):
    early = scene.schedule(session, scheduled_at=clock(9))
    scene.schedule(session, scheduled_at=clock(12))
    done = scene.activated(session, scheduled_at=clock(9, day=23))
    late = showing.list_late(session, technician_id=None, zone_id=None, at=NOON)
    assert [visit.number for visit in late] == [early.number]
    assert done.number not in [visit.number for visit in late]


def test_filters_hide_visits_but_not_what_they_are_in_the_way_of(scene, session):
    one = scene.schedule(session, scheduled_at=clock(10))
    two = scene.schedule(session, scheduled_at=clock(10, 30))
    scheduling.start(session, installation_id=two.id)
    session.flush()
    assert conflicts(session, states=["new"]) == {one.number: ["visit-overlaps"]}


def test_the_way_between_unknown_places_takes_no_time():
    assert minutes_between(None, Place(19, -99)) == 0
