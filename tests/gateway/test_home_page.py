"""INS-6: the first page, by role, with every number a link, and with services away."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chassis.identifiers import new_id
from gateway.model import READ_ONLY, TECHNICIAN
from tests.gateway.pages import House, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

TECHNICIAN_ID, ZONE_ID = str(new_id()), str(new_id())
TILES = {
    "installations": ["due-today", "late", "failed"],
    "preinstall": ["requests"],
    "contracts": ["unsigned"],
    "provisioning": ["lost-routers", "failed-jobs"],
    "notifications": ["failed-messages"],
    "billing": ["owed", "overdue"],
}


@pytest.fixture
def answering(house: House) -> House:
    counted: dict[str, Any] = {
        "today": "2026-11-24", "yesterday": "2026-11-23", "agenda": [], "due_today": 4, "late": 3, "failed": 2,
        "pending_by_state": {"new": 5, "in_progress": 6, "activating": 7},
    }  # fmt: skip
    month = {
        "month": "2026-11", "first_day": "2026-11-01", "last_day": "2026-11-30", "previous_month": "2026-10",
        "next_month": None, "installs": 9, "ends": 2, "installs_before": 12, "installs_before_so_far": 8,
        "by_day": [{"day": "2026-11-01", "installs": 0}, {"day": "2026-11-02", "installs": 9}],
        "by_technician": [{"id": TECHNICIAN_ID, "name": "Raúl <Díaz>", "installs": 9}],
        "by_zone": [{"id": ZONE_ID, "name": "Centro", "installs": 9}],
    }  # fmt: skip
    house.services.answers |= {
        "installations.dashboard": lambda _: counted,
        "installations.month": lambda data: month | {"month": data["month"] or "2026-11"},
        "preinstall.summary": lambda _: {"open_requests": 11},
        "preinstall.funnel": lambda _: {
            "rows": [
                {"source": "facebook", "requests": 4, "approved": 3, "clients": 1},
                {"source": "", "requests": 2, "approved": 0, "clients": 0},
            ],
        },
        "billing.summary": lambda _: {
            "currency": "MXN", "owed_minor": 150_000, "open_invoices": 3, "overdue_minor": 50_000,
            "overdue_invoices": 1,
        },
        "provisioning.summary": lambda _: {"lost_routers": 1, "failed_jobs": 2},
        "contracts.summary": lambda _: {"unsigned": 13},
        "notifications.summary": lambda _: {"failed": 14},
    }  # fmt: skip
    return house


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """Each tile's address and text."""
    found = re.findall(r'id="tile-([a-z-]+)" href="([^"]*)">(.*?)</a>', page, re.DOTALL)
    return {name: (address.replace("&amp;", "&"), text_of(inside)) for name, address, inside in found}


def test_ins_6_every_number_leads_to_the_list_that_proves_it(answering):
    shown = tiles(answering.staff().get("/").text)
    assert {name: address for name, (address, _text) in shown.items()} == {
        "due-today": "/instalaciones/?when=today",
        "late": "/instalaciones/?when=late",
        "failed": "/instalaciones/?failed=1",
        "requests": "/preinstalaciones/?state=open",
        "unsigned": "/contratos/sin-firmar",
        "lost-routers": "/routers?lost=1",
        "failed-jobs": "/routers/trabajos?state=failed",
        "failed-messages": "/mensajes?state=failed",
        "owed": "/facturas?state=open",
        "overdue": "/facturas?state=overdue",
        "installs": "/clientes/?state=all&month=2026-11",
        "ends": "/clientes/?state=ended&dates=ended_at&month=2026-11",
        "installs-before": "/clientes/?state=all&month=2026-10",
    }
    assert "$1,500.00" in shown["owed"][1] and "$500.00" in shown["overdue"][1]


def test_ins_6_the_month_has_links_for_each_day_technician_and_zone(answering):
    page = answering.staff(READ_ONLY).get("/?month=2026-10").text.replace("&amp;", "&")
    for address in (
        'href="/clientes/?state=all&month=2026-10"',
        "/clientes/?state=all&day=2026-11-02",
        f"/clientes/?state=all&month=2026-10&technician_id={TECHNICIAN_ID}",
        f"/clientes/?state=all&month=2026-10&zone_id={ZONE_ID}",
        "/preinstalaciones/?source=facebook&from_on=2026-11-01&to_on=2026-11-30&state=all",
        "/preinstalaciones/?source=facebook&from_on=2026-11-01&to_on=2026-11-30&state=approved",
        "/preinstalaciones/?source=facebook&from_on=2026-11-01&to_on=2026-11-30&state=all&clients=1",
        "/preinstalaciones/?unsourced=1&",
    ):
        assert address in page
    assert "Raúl <Díaz>" not in page and "8 al mismo día del mes anterior" in page
    assert answering.staff().get("/?month=nonsense").status_code == 200


@pytest.mark.parametrize("service", TILES)
def test_ins_6_a_service_that_is_away_hides_its_own_tiles_alone(answering, service):
    answering.services.away.add(service)
    shown = tiles(answering.staff().get("/").text)
    away = {name for name, (_address, text) in shown.items() if "No disponible" in text}
    assert away == set(TILES[service])


def test_ins_6_a_technician_sees_their_own_day_and_no_money(answering):
    visit = {
        "installation_id": TECHNICIAN_ID, "scheduled_at": "2026-11-24T16:00:00+00:00", "first_name": "Ana",
        "last_name": "Ruiz", "address": "Juárez 1", "technician_name": "Raúl", "state": "new",
    }  # fmt: skip
    counted = answering.services.answers["installations.dashboard"]
    answering.services.answers["installations.dashboard"] = lambda data: counted(data) | {"agenda": [visit]}
    page = answering.staff(TECHNICIAN).get("/").text
    assert f'href="/campo/trabajos/{TECHNICIAN_ID}"' in page
    (asked,) = answering.services.told("installations.dashboard")
    assert asked.data["technician_id"] and f"technician_id={asked.data['technician_id']}" in page
    assert list(tiles(page)) == ["due-today", "late", "failed"]
    assert not answering.services.told("billing.summary")


def test_ins_6_who_has_nothing_yet_is_told_what_to_do_first(answering):
    assert 'id="first-steps"' not in answering.staff().get("/").text
    nothing = {"installs": 0, "installs_before": 0, "by_technician": [], "by_zone": []}
    known: dict[str, list[Any]] = {"clients": [], "routers": [{}], "zones": [], "plans": [], "technicians": [{}]}
    month, counted = (
        answering.services.answers["installations.month"],
        answering.services.answers["installations.dashboard"],
    )
    answering.services.answers |= {
        "installations.month": lambda data: month(data) | nothing,
        "installations.dashboard": lambda data: counted(data) | {"pending_by_state": {"new": 0}},
        **{f"installations.list_{name}": lambda _, rows=rows: {"rows": rows} for name, rows in known.items()},
    }
    page = answering.staff().get("/").text
    (ahead,) = re.findall(r'href="([^"]*)" aria-current="step"', page)
    assert ahead == "/zonas/" and "/formulario-publico/compartir" in page
    assert 'id="first-steps"' not in answering.staff(READ_ONLY).get("/").text
    known["clients"].append({})
    assert 'id="first-steps"' not in answering.staff().get("/").text
