"""INS-10: an office moves visits: with the mouse, by keyboard, on a phone; conflicts are asked about; all is undone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import gateway
from alta.demo import company
from chassis.identifiers import new_id
from tests.system.browsing import Person
from tests.system.crashing import Scene

pytestmark = pytest.mark.timeout(240)
ZONE = ZoneInfo(company.TIME_ZONE)
AXE = Path(gateway.__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
HALF_HOUR = 28  # pixels, as agenda.js draws it


class Office:
    """Visits of two technicians on a Monday that nothing else happens on."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        today = datetime.now(ZONE).date()
        self.day = today + timedelta(days=28 - today.weekday())
        self.technicians = scene.ask("installations", "list_technicians")["rows"]
        self.router = scene.ask("installations", "list_zones")["rows"][0]
        self.plan = scene.ask("installations", "list_plans", {"router_id": self.router["router_id"]})["rows"][0]

    def visit(self, name: str, at: datetime, technician: int = 0, **changed: Any) -> str:
        form = {
            "zone_id": self.router["zone_id"], "router_id": self.router["router_id"], "plan_id": self.plan["plan_id"],
            "technician_id": self.technicians[technician]["technician_id"], "first_name": name, "last_name": "Agenda",
            "phone": "55 1234 5678", "address": "Calle 5", "scheduled_at": at.isoformat(), "duration_minutes": 60,
            "installation_cost_minor": 0, "service_name": f"agenda.{new_id().hex[:12]}", "ip_address": self._address(),
        }  # fmt: skip
        return self.scene.ask("installations", "schedule", form | changed)["installation_id"]

    def clock(self, hour: int, minute: int = 0) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, hour, minute, tzinfo=ZONE)

    def when(self, installation_id: str) -> tuple[str, int, str]:
        found = self.scene.ask("installations", "get_installation", {"installation_id": installation_id})
        at = datetime.fromisoformat(found["scheduled_at"]).astimezone(ZONE)
        return f"{at:%H:%M}", found["duration_minutes"], found["technician_name"]

    def move_behind_the_page(self, installation_id: str, at: datetime) -> None:
        found = self.scene.ask("installations", "get_installation", {"installation_id": installation_id})
        names = ("installation_id", "version", "technician_id", "duration_minutes")
        move = {name: found[name] for name in names} | {"scheduled_at": at.isoformat()}
        self.scene.ask("installations", "reschedule", {"moves": [move], "despite": []})

    def _address(self) -> str:
        number = new_id().int % 60_000
        return f"10.99.{number // 250}.{number % 250 + 1}"


@pytest.fixture
def office(scene: Scene) -> Office:
    return Office(scene)


def test_visits_are_dragged_moved_by_keyboard_and_taken_back(scene: Scene, browser: Browser, office: Office) -> None:
    one, two = office.visit("Alba", office.clock(10)), office.visit("Benito", office.clock(12))
    office.visit("Carla", office.clock(9), technician=1)
    late = office.visit("Tarde", datetime.now(UTC) - timedelta(days=3))
    person = _signed_in(scene, browser, 1280, f"/agenda/?view=day&day={office.day}")
    page = person.page
    first, second = (office.technicians[number]["name"] for number in (0, 1))
    event = _event(page, one)
    expect(_time(event)).to_contain_text("10:00")

    _drag(page, event, down=6)  # to 13:00
    expect(_note(page)).to_contain_text("Se movió la visita de Alba Agenda")
    assert _saved(page, office, one) == ("13:00", 60, first)
    page.get_by_role("button", name="Deshacer").click()
    expect(_time(event)).to_contain_text("10:00")
    expect(_note(page)).to_contain_text("10:00")
    assert _saved(page, office, one)[0] == "10:00"

    # Onto another one: said, and put back; then wanted all the same.
    _drag(page, event, down=3)
    asked = page.locator("#agenda-conflicts")
    expect(asked).to_contain_text("Se encima con la visita de Benito Agenda")
    asked.get_by_role("button", name="Dejar como estaba").click()
    expect(_time(event)).to_contain_text("10:00")
    assert _saved(page, office, one)[0] == "10:00"
    _drag(page, event, down=3)
    asked.get_by_role("button", name="Mover de todos modos").click()
    expect(_time(event)).to_contain_text("11:30")
    expect(event).to_have_class(re.compile("visit-conflict"))
    assert _saved(page, office, one)[0] == "11:30"

    # To the other technician nobody is in the way.
    _drag(page, _event(page, two), right=1)
    expect(_event(page, one)).not_to_have_class(re.compile("visit-conflict"))
    assert _saved(page, office, two) == ("12:00", 60, second)

    _resize(page, _event(page, two), down=2)
    expect(_time(_event(page, two))).to_have_text(re.compile(r"2:00\sp\.m\."))
    assert _saved(page, office, two) == ("12:00", 120, second)

    # Somebody else was quicker.
    office.move_behind_the_page(one, office.clock(9))
    _drag(page, _event(page, one), down=4)
    expect(_note(page)).to_contain_text("Otra persona cambió la instalación")
    expect(_time(_event(page, one))).to_contain_text("9:00")
    assert _saved(page, office, one)[0] == "09:00"

    # What is late is dragged from its list onto the second column.
    _at_rest(page)
    card = page.locator(f'[data-late="{late}"]')
    box = page.locator("[data-calendar] .ec-body .ec-day").nth(1).bounding_box()
    card.drag_to(page.locator("[data-calendar]"), target_position=_inside(page, box, office, 15))
    expect(_time(_event(page, late))).to_have_text(re.compile(r"3:00"))
    expect(card).to_have_count(0)
    assert _saved(page, office, late) == ("15:00", 60, second)

    # The same by keyboard: opened, typed, and the next free time taken.
    _event(page, one).focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#agenda-move")
    expect(dialog.get_by_label("Fecha y hora")).to_be_focused()
    dialog.get_by_label("Fecha y hora").fill(f"{office.day}T20:00")
    page.keyboard.press("Tab")
    expect(dialog.locator("[data-conflicts]")).to_contain_text("fuera del horario")
    dialog.get_by_role("button", name="Mover", exact=True).press("Enter")
    expect(dialog.get_by_label("Fecha y hora")).to_be_focused()  # asked again
    expect(dialog.locator("[data-conflicts]")).to_contain_text("fuera del horario")
    dialog.get_by_label("Fecha y hora").fill(f"{office.day}T16:00")
    expect(dialog.locator("[data-conflicts]")).to_be_empty()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(_time(_event(page, one))).to_have_text(re.compile(r"4:00"))
    assert _saved(page, office, one)[0] == "16:00"
    person.complaints = [text for text in person.complaints if not re.search("409|422", text)]
    person.settle()

    _no_serious_faults(page)

    # The week: a row per technician, and a day further keeps the hour.
    page.goto(f"/agenda/?view=week&day={office.day}")
    _drag(page, _event(page, two), days=1)
    expect(_note(page)).to_contain_text("Benito")
    assert _saved(page, office, two)[:2] == ("12:00", 120)
    person.settle()

    # Today is the company's, wherever the browser is.
    page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", {"timezoneId": "Pacific/Kiritimati"})
    page.goto("/agenda/?view=week")
    expect(page.locator(".ec-col-head.ec-today")).to_have_text(re.compile(rf"\w+ {datetime.now(ZONE).day}$"))


def test_on_a_phone_the_agenda_is_a_list_and_the_route_a_map(scene: Scene, browser: Browser, office: Office) -> None:
    places = {9: "-99.10", 11: "-99.13", 13: "-99.11", 15: "-99.12"}
    technician = next(number for number in range(3) if number != 0)
    monday = office.day
    office.day = monday + timedelta(days=1)
    ids = [
        office.visit(f"Parada{hour}", office.clock(hour), technician, latitude="19.40", longitude=longitude)
        for hour, longitude in places.items()
    ]
    person = _signed_in(scene, browser, 360, f"/agenda/?view=day&day={office.day}")
    page = person.page
    expect(page.locator("[data-calendar]")).to_be_hidden()
    row = page.locator(f'[data-installation="{ids[0]}"]')
    row.get_by_role("link", name="Mover la visita").click()
    dialog = page.locator("#agenda-move")
    dialog.get_by_label("Fecha y hora").fill(f"{office.day}T09:30")
    dialog.get_by_role("button", name="Mover", exact=True).click()
    expect(row).to_contain_text("9:30")
    assert office.when(ids[0])[0] == "09:30"
    person.settle()
    for path in (f"/agenda/?view=week&day={office.day}", f"/agenda/?view=month&day={office.day}", "/agenda/horarios"):
        page.goto(path)
        person.settle()
        _no_serious_faults(page)
    page.goto(f"/agenda/ruta?day={office.day}&technician_id={office.technicians[technician]['technician_id']}")
    expect(page.locator("#route-map .agenda-stop")).to_have_count(4)
    expect(page.locator(".agenda-stops > li")).to_have_count(4)
    person.settle()
    page.get_by_role("button", name="Aplicar este orden").click()
    expect(page.locator(".agenda-stops > li").nth(1)).to_contain_text("Parada13")
    expect(page.get_by_role("button", name="Aplicar este orden")).to_have_count(0)
    person.settle()
    sheets = page.request.get(page.get_by_role("link", name="Hojas del día").get_attribute("href"))
    assert sheets.body().startswith(b"%PDF-")


def _no_serious_faults(page: Page) -> None:
    """As axe-core finds them for who reads with a screen reader."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def _signed_in(scene: Scene, browser: Browser, width: int, path: str) -> Person:
    person = Person(browser, width, scene.target.url, f"10.43.0.{width % 250}")
    person.page.goto("/entrar")
    person.page.fill("#email", company.STAFF[1].email)
    person.page.fill("#password", scene.target.password)
    person.page.click("button[type=submit]")
    person.page.goto(path)
    return person


def _event(page: Page, installation_id: str) -> Locator:
    return page.locator(f'.ec-event[data-visit="{installation_id}"]')


def _time(event: Locator) -> Locator:
    """As it is drawn, which may be elsewhere than where it was."""
    return event.locator(".visit-time")


def _note(page: Page) -> Locator:
    return page.locator("#agenda-note")


def _at_rest(page: Page) -> None:
    """What was moved before is saved and drawn."""
    expect(page.locator("[data-calendar]")).to_have_attribute("aria-busy", "false")


def _saved(page: Page, office: Office, installation_id: str) -> tuple[str, int, str]:
    _at_rest(page)
    return office.when(installation_id)


def _drag(page: Page, event: Locator, *, down: int = 0, right: int = 0, days: int = 0) -> None:
    """By half hours, by technicians' columns, or by the week's days."""
    _at_rest(page)
    box, column = event.bounding_box(), page.locator("[data-calendar] .ec-body .ec-day").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + (right + days) * column["width"], y + down * HALF_HOUR, steps=8)
    page.mouse.up()


def _resize(page: Page, event: Locator, *, down: int) -> None:
    _at_rest(page)
    box = event.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down * HALF_HOUR, steps=8)
    page.mouse.up()


def _inside(page: Page, column: dict[str, float], office: Office, hour: int) -> dict[str, float]:
    """Where an hour of a column is, from the calendar's corner."""
    corner = page.locator("[data-calendar]").bounding_box()
    opens = page.locator("[data-calendar] .ec-sidebar time").first.get_attribute("datetime")
    first = int(opens.partition("T")[2][:2] or opens[:2])
    return {
        "x": column["x"] + column["width"] / 2 - corner["x"],
        "y": column["y"] - corner["y"] + (hour - first) * 2 * HALF_HOUR + 3,
    }
