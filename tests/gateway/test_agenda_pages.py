"""INS-10: the agenda's pages: what they ask, what they show, and what is said when a service refuses."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from flask import g
from icalendar import Calendar

from chassis import clock
from chassis.errors import Conflict, NotFound, ValidationFailed
from chassis.identifiers import new_id
from gateway import messages
from gateway.model import OFFICE, READ_ONLY, TECHNICIAN
from gateway.week_text import read_day, write_day
from tests.gateway.pages import BASE_URL, hidden, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

TOMAS, INSTALLATION, ZONE = (str(new_id()) for _ in range(3))
WEEK = [[[540, 1080]]] * 5 + [[[540, 840]], []]
OVERLAP = {"code": "visit-overlaps", "params": {
    "conflict": "visit-overlaps:a:b", "number": 7, "name": "Ana Sol",
    "starts_at": "2026-11-24T16:00:00+00:00", "ends_at": "2026-11-24T17:30:00+00:00",
}}  # fmt: skip


def a_visit(**changed):
    return {
        "installation_id": INSTALLATION, "number": 41, "version": 3, "state": "new", "first_name": "María",
        "last_name": "López", "phone": "55 1234", "address": "Av. Hidalgo 12", "city": "Tepoztlán",
        "latitude": "18.985000", "longitude": "-99.099000", "zone_id": ZONE, "zone_name": "Centro",
        "technician_id": TOMAS, "plan_name": "Hogar 20", "scheduled_at": "2026-11-24T16:00:00+00:00",
        "ends_at": "2026-11-24T17:30:00+00:00", "duration_minutes": 90,
    } | changed  # fmt: skip


def a_stop(leg_km=0.0, **changed):
    return {"visit": a_visit(**changed), "leg_km": leg_km, "conflicts": []}


@pytest.fixture
def answers(house):
    told = house.services.answers
    told |= {
        "installations.list_technicians": lambda _: {"rows": [{"technician_id": TOMAS, "name": "Tomás"}]},
        "installations.list_zones": lambda _: {"rows": [{"zone_id": ZONE, "name": "Centro", "router_id": "r"}]},
        "installations.list_late": lambda _: {"rows": []},
        "installations.show_agenda": lambda _: {
            "visits": [{"visit": a_visit(), "conflicts": [{**OVERLAP, "key": "visit-overlaps:a:b"}]}],
            "technicians": [{"technician_id": TOMAS, "name": "Tomás"}], "away": [], "visit_minutes": 90,
            "truncated": False,
        },
        "installations.get_installation": lambda _: {**a_visit(), "technician_name": "Tomás"},
        "installations.show_working": lambda _: {
            "visit_minutes": 90, "week": WEEK, "technicians": [{"technician_id": TOMAS, "name": "Tomás", "week": None}],
            "absences": [],
        },
    }  # fmt: skip
    return told


def drop(house, role=OFFICE, **changed):
    visitor = house.staff(role)
    page = visitor.get("/agenda/?view=day&day=2026-11-24").text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    change = {
        "installation_id": INSTALLATION, "version": 3, "start": "2026-11-24T12:00", "technician_id": TOMAS,
        "duration_minutes": 60,
    }  # fmt: skip
    sent = {"key": new_id().hex, "moves": [change], "despite": []} | changed
    return visitor.post(
        "/agenda/mover", data=json.dumps(sent), headers={"X-CSRFToken": token}, content_type="application/json"
    )


def test_the_week_is_the_companys_and_the_list_says_what_is_wrong(house, answers):
    page = text_of(house.staff(OFFICE).get("/agenda/?view=week&day=2026-11-26").text)
    (asked,) = house.services.told("installations.show_agenda")
    assert (asked.data["first_on"], asked.data["last_on"]) == ("2026-11-23", "2026-11-29")
    assert "10:00" in page
    assert "Se encima con la visita de Ana Sol (n.º 7), de 10:00" in page


def test_ins_10_the_week_of_today_begins_with_today_and_its_days_before_are_folded(house, answers, monkeypatch):
    shown = answers["installations.show_agenda"](None)
    late, next_one = shown["visits"][0], {"visit": a_visit(scheduled_at="2026-11-26T16:00:00+00:00"), "conflicts": []}
    answers["installations.show_agenda"] = lambda _: {**shown, "visits": [late, next_one]}

    def folded(at: str) -> str:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(at))
        page = house.staff().get("/agenda/?view=week&day=2026-11-25").text
        assert 'id="day-2026-11-24"' in page and 'id="day-2026-11-26"' in page
        return page.partition('<details class="agenda-over')[2].partition("</details>")[0]

    assert 'id="day-2026-11-24"' in (over := folded("2026-11-26T03:00:00+00:00")) and "2026-11-26" not in over
    assert not folded("2026-11-24T20:00:00+00:00") and not folded("2026-12-02T20:00:00+00:00")


def test_a_calendar_gets_times_of_the_companys_wall(house, answers):
    (visit,) = house.staff(OFFICE).get("/agenda/visitas?view=day&day=2026-11-24").get_json()["visits"]
    assert (visit["start"], visit["end"], visit["movable"]) == ("2026-11-24T10:00", "2026-11-24T11:30", True)


def test_technicians_begin_with_their_own_work(house, answers):
    house.staff(TECHNICIAN).get("/agenda/")
    own, others = house.services.told("installations.show_agenda")[-1].data["technician_id"], None
    house.staff(TECHNICIAN).get("/agenda/?technician_id=")
    assert own is not None
    assert house.services.told("installations.show_agenda")[-1].data["technician_id"] is others


def test_what_is_dropped_is_told_in_universal_time_and_conflicts_come_back_in_words(house, answers):
    def refuse(data):
        raise ValidationFailed(fields={"scheduled_at": [OVERLAP]})

    answers["installations.reschedule"] = refuse
    answer = drop(house)
    assert answer.status_code == 422
    assert answer.get_json()["conflicts"][0]["key"] == "visit-overlaps:a:b"
    (asked,) = house.services.told("installations.reschedule")
    assert datetime.fromisoformat(asked.data["moves"][0]["scheduled_at"]) == datetime(2026, 11, 24, 18, tzinfo=UTC)


def test_what_somebody_else_moved_meanwhile_is_said(house, answers):
    def refuse(data):
        raise Conflict("changed-meanwhile", version=4)

    answers["installations.reschedule"] = refuse
    answer = drop(house)
    assert (answer.status_code, "Otra persona" in answer.get_json()["text"]) == (409, True)


def test_readers_move_nothing_and_nonsense_is_refused(house, answers):
    assert drop(house, READ_ONLY).status_code == 403
    assert drop(house, moves="x").status_code == 400
    assert house.services.told("installations.reschedule") == []


def test_moving_by_the_form_asks_about_conflicts_until_they_are_ticked(house, answers):
    def reschedule(data):
        if data["despite"] != ["visit-overlaps:a:b"]:
            raise ValidationFailed(fields={"scheduled_at": [OVERLAP]})
        return {"rows": [{"installation_id": INSTALLATION, "version": 4}]}

    answers["installations.reschedule"] = reschedule
    path = f"/agenda/visitas/{INSTALLATION}/mover"
    typed = {"version": "3", "scheduled_at": "2026-11-24T10:30", "technician_id": TOMAS, "duration_minutes": "60"}
    visitor = house.staff(OFFICE)
    answer = send(visitor, path, path, **typed)
    assert answer.status_code == 422
    assert "Se encima con la visita de Ana Sol" in text_of(answer.text)
    assert 'value="2026-11-24T10:30"' in answer.text
    # In a page of its own nobody listens for the word that the agenda's dialog is answered with.
    assert "hx-post" not in answer.text and "hx-post" in visitor.get(path, headers={"HX-Request": "true"}).text
    answer = send(visitor, path, path, **typed, despite=hidden(answer.text, "despite"))
    assert answer.status_code == 302


def test_hours_that_are_none_are_said_beside_their_day_and_nothing_is_lost(house, answers):
    answer = send(
        house.staff(OFFICE), "/agenda/horarios", "/agenda/horarios", visit_minutes="60", day_0="9 a 14, 15-18",
        day_1="temprano",
    )  # fmt: skip
    assert answer.status_code == 422
    assert 'id="day_1-error"' in answer.text
    assert 'value="temprano"' in answer.text
    answers["installations.save_agenda_rules"] = lambda data: data
    send(house.staff(OFFICE), "/agenda/horarios", "/agenda/horarios", visit_minutes="60", day_0="9 a 14, 15-18")
    (asked,) = house.services.told("installations.save_agenda_rules")
    assert asked.data == {"visit_minutes": 60, "week": [[[540, 840], [900, 1080]], [], [], [], [], [], []]}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", []),
        ("9-14", [[540, 840]]),
        ("9:30 – 14:00 y 15.00-18:00", [[570, 840], [900, 1080]]),
        ("0-24", [[0, 1440]]),
        ("14-9", None),
        ("9-14, 13-18", None),
        ("9-25", None),
        ("por la mañana", None),
    ],
)
def test_hours_as_people_write_them(text, day):
    assert read_day(text) == day
    assert day is None or read_day(write_day(day)) == day


def test_the_route_lists_stops_with_and_without_a_place(house, answers):
    move = {
        "installation_id": INSTALLATION, "version": 3, "number": 41, "person": "María López",
        "before": "2026-11-24T16:00:00+00:00", "scheduled_at": "2026-11-24T17:00:00+00:00", "technician_id": TOMAS,
        "duration_minutes": 90,
    }  # fmt: skip
    answers["installations.show_route"] = lambda _: {
        "technician_name": "Tomás", "stops": [a_stop(), a_stop(3.25, first_name="Luis", latitude="18.990000")],
        "unplaced": [a_visit(first_name="Eva", latitude=None, longitude=None)], "total_km": 3.25,
        "suggestion": {"total_km": 2.0, "moves": [move]},
    }  # fmt: skip
    page = house.staff(OFFICE).get(f"/agenda/ruta?day=2026-11-24&technician_id={TOMAS}").text
    assert "https://www.google.com/maps/dir/18.985000,-99.099000/18.990000,-99.099000" in page
    assert 'href="geo:18.985000,-99.099000' in page
    assert "a 3.2 km de la anterior" in text_of(page)
    assert "Sin ubicación" in page
    answers["installations.reschedule"] = lambda _: {"rows": [{"installation_id": INSTALLATION, "version": 4}]}
    visitor, path = house.staff(OFFICE), f"/agenda/ruta?day=2026-11-24&technician_id={TOMAS}"
    assert send(visitor, path, path, moves=hidden(visitor.get(path).text, "moves")).status_code == 302
    (asked,) = house.services.told("installations.reschedule")
    assert asked.data["moves"][0]["scheduled_at"] == "2026-11-24T17:00:00+00:00"


def test_an_agenda_in_a_calendar_has_an_address_of_its_own_that_can_be_taken_back(house, answers):
    visitor = house.staff(TECHNICIAN)
    send(visitor, "/agenda/calendario", "/agenda/calendario")
    address = hidden(visitor.get("/agenda/calendario").text.replace('id="feed-address"', 'name="address"'), "address")
    answer = house.visitor().get(address.removeprefix(BASE_URL))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.data)
    (event,) = calendar.walk("VEVENT")
    assert event["uid"] == f"{INSTALLATION}@alta"
    assert event["summary"] == "Instalación 41: María López"
    assert event.decoded("dtstart") == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert int(event["sequence"]) == 3
    asked = house.services.told("installations.show_agenda")[-1]
    assert asked.context["company_id"] == str(house.company.id)
    send(visitor, "/agenda/calendario", "/agenda/calendario")
    assert house.visitor().get(address.removeprefix(BASE_URL)).status_code == 404
    renewed = hidden(visitor.get("/agenda/calendario").text.replace('id="feed-address"', 'name="address"'), "address")
    send(visitor, "/agenda/calendario", "/agenda/calendario/quitar")
    assert house.visitor().get(renewed.removeprefix(BASE_URL)).status_code == 404
    assert house.visitor().get("/calendario/nobody.ics").status_code == 404


def test_the_next_free_times_and_conflicts_are_parts_of_a_form(house, answers):
    answers["installations.propose_slots"] = lambda _: {"rows": [{
        "technician_id": TOMAS, "technician_name": "Tomás", "scheduled_at": "2026-11-25T15:00:00+00:00",
        "duration_minutes": 90, "nearby": 2,
    }]}  # fmt: skip
    page = house.staff(OFFICE).get(f"/agenda/huecos?zone_id={ZONE}&coordinates=18.98, -99.09&duration_minutes=").text
    assert 'data-slot="2026-11-25T09:00"' in page
    assert "2 visitas en la zona" in text_of(page)
    (asked,) = house.services.told("installations.propose_slots")
    assert (asked.data["latitude"], asked.data["duration_minutes"]) == ("18.980000", None)

    def unknown(_):
        raise NotFound("zone-not-found")

    answers["installations.propose_slots"] = unknown
    assert "Esta zona no existe." in house.staff(OFFICE).get(f"/agenda/huecos?zone_id={ZONE}").text
    answers["installations.check_visit"] = lambda _: {"rows": [{**OVERLAP, "key": "k"}]}
    asked = f"technician_id={TOMAS}&scheduled_at=2026-11-24T10:30&installation_id={INSTALLATION}"
    page = house.staff(OFFICE).get(f"/agenda/conflictos?{asked}").text
    assert 'name="despite" value="k"' in page
    assert house.staff(OFFICE).get("/agenda/conflictos").text.strip() == ""


def test_a_time_that_ends_a_sentence_brings_its_own_full_stop(house):
    with house.app.test_request_context():
        g.company = house.company
        said = messages.text_of(OVERLAP["code"], OVERLAP["params"])
    assert re.search(r"de 10:00\sa\.m\. a 11:30\sa\.m\.$", said), said
