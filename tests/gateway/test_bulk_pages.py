"""Many services at once from their list, and the jobs that wait for routers."""

from __future__ import annotations

from typing import Any

from chassis.identifiers import new_id
from gateway.model import READ_ONLY, TECHNICIAN
from tests.gateway.pages import House, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

OPERATION, ROUTER, CLIENT, JOB = (str(new_id()) for _ in range(4))
LIST, BULK = "/servicios", "/servicios/masivos"
COUNTS = {"waiting": 2, "asked": 1, "done": 6, "failed": 1, "left_out": 0}


def _answering(house: House, **bulk: Any) -> None:
    view = {
        "operation_id": OPERATION, "operation": "suspend", "state": "running", "total": 10, "routers": 1,
        "asked_by": "Rosa", "created_at": "2026-11-24T18:00:00+00:00", "ended_at": None, "still": True, **COUNTS,
        "by_router": [{"router_name": "Torre", **COUNTS}], **bulk,
    }  # fmt: skip
    pages = {None: ([_item("ana", "done"), _item("=eva", "done")], "more"), "more": ([_item("luis", "failed")], None)}

    def items(data: dict[str, Any]) -> dict[str, Any]:
        rows, following = pages[data.get("after")]
        return {"rows": rows, "next": following}

    house.services.answers |= {
        "provisioning.list_accounts": lambda _: {"rows": [_account()], "next": None},
        "provisioning.list_routers": lambda _: {"rows": [{"router_id": ROUTER, "name": "Torre"}], "next": None},
        "provisioning.preview_bulk": lambda _: {
            "total": 10, "already": 3, "by_router": [{"router_name": "Torre", "services": 10}],
        },
        "provisioning.begin_bulk": lambda _: {"operation_id": OPERATION},
        "provisioning.pause_bulk": lambda _: {"operation_id": OPERATION},
        "provisioning.get_bulk": lambda _: view,
        "provisioning.list_bulk_items": items,
    }  # fmt: skip


def _item(name: str, state: str) -> dict[str, Any]:
    reason = "router-unreachable" if state == "failed" else None
    return {
        "installation_id": CLIENT, "service_name": name, "router_name": "Torre", "state": state,
        "reason_code": reason, "reason_params": {},
    }  # fmt: skip


def _account() -> dict[str, Any]:
    return {
        "installation_id": CLIENT, "service_name": "ana", "ip_address": "10.0.0.5", "mac_address": None,
        "router_name": "Torre", "mode": "pppoe", "download_kbps": 20_000, "upload_kbps": 5_000, "suspended": False,
        "state": "placed", "reason_code": None, "reason_params": None, "verified_at": None,
    }  # fmt: skip


def test_nothing_happens_before_the_number_was_confirmed(house: House):
    _answering(house)
    office = house.staff()
    asked = send(office, LIST, f"{BULK}/confirmar", operation="suspend", installation_id=[CLIENT])
    assert "Suspender: 10 servicios" in text_of(asked.text) and "3 ya están así" in text_of(asked.text)
    assert house.services.told("provisioning.begin_bulk") == []
    begun = send(office, LIST, f"{BULK}/", operation="suspend", installation_id=[CLIENT])
    assert begun.location == f"{BULK}/{OPERATION}"
    (told,) = house.services.told("provisioning.begin_bulk")
    assert told.data == {"operation": "suspend", "chosen": {"installation_ids": [CLIENT]}}


def test_all_means_all_of_the_filter_and_nothing_ticked_means_nobody(house: House):
    _answering(house)
    office = house.staff()
    send(office, LIST, f"{BULK}/", operation="repair", all="1", router_id=ROUTER, state="", search="ana")
    send(office, LIST, f"{BULK}/", operation="repair")
    everybody, nobody = (told.data["chosen"] for told in house.services.told("provisioning.begin_bulk"))
    assert everybody == {"router_id": ROUTER, "state": None, "search": "ana"}
    assert CLIENT not in nobody["installation_ids"] and len(nobody["installation_ids"]) == 1


def test_progress_is_followed_and_steered_by_the_office_alone(house: House):
    _answering(house)
    shown = house.staff(READ_ONLY).get(f"{BULK}/{OPERATION}").text
    assert "7 de 10" in text_of(shown) and 'hx-trigger="every 1s"' in shown and "Pausar" not in shown
    assert "Pausar" in house.staff().get(f"{BULK}/{OPERATION}").text
    send(house.staff(), f"{BULK}/{OPERATION}", f"{BULK}/{OPERATION}/pause")
    assert len(house.services.told("provisioning.pause_bulk")) == 1
    for path in (f"{BULK}/", f"{BULK}/confirmar", f"{BULK}/{OPERATION}/stop"):
        assert send(house.staff(TECHNICIAN), "/cuenta/", path, operation="suspend").status_code == 403


def test_the_report_has_every_service_and_no_formula(house: House):
    _answering(house)
    report = house.staff().get(f"{BULK}/{OPERATION}/informe.csv")
    assert report.headers["Content-Type"].startswith("text/csv")
    heading, *lines = report.data.decode("utf-8-sig").splitlines()
    assert heading == "Servicio,Router,Estado,Motivo"
    assert lines[0] == "ana,Torre,Hecho," and lines[1] == "'=eva,Torre,Hecho,"
    assert lines[2].startswith("luis,Torre,Falló,") and "El router no responde" in lines[2]


def test_jobs_say_whose_they_are_and_why_they_failed(house: House):
    _answering(house)
    job = {
        "id": JOB, "kind": "provisioning.adjust", "key": "k", "router_name": "Torre", "installation_id": CLIENT,
        "service_name": "ana", "state": "failed", "attempt": 3, "next_attempt_at": "2026-11-24T18:00:00+00:00",
        "last_error": "name-taken-on-router", "created_at": "2026-11-24T18:00:00+00:00",
    }  # fmt: skip
    house.services.answers |= {
        "provisioning.list_jobs": lambda _: {"rows": [job], "next": None},
        "provisioning.forget_job": lambda _: {},
    }
    page = "/routers/trabajos?state=failed"
    said = text_of(house.staff(READ_ONLY).get(page).text)
    assert "Cambiar en el router" in said and "En el router ya existe ese nombre y no es de Alta." in said
    send(house.staff(), page, f"/routers/trabajos/{JOB}/quitar")
    assert house.services.told("provisioning.forget_job")[0].data == {"job_id": JOB}
    assert send(house.staff(TECHNICIAN), "/cuenta/", f"/routers/trabajos/{JOB}/quitar").status_code == 403


def test_a_plans_clients_are_moved_followed_and_steered(house: House):
    move = {
        "move_id": OPERATION, "from_plan_id": ROUTER, "from_plan_name": "Diez", "to_plan_name": "Veinte",
        "state": "running", "total": 10, "moved": 4, "asked_by": "Rosa", "created_at": "2026-11-24T18:00:00+00:00",
        "ended_at": None,
    }  # fmt: skip
    refused = {
        "installation_id": CLIENT, "first_name": "Ana", "last_name": "Robles",
        "failure_code": "router-unreachable", "failure_params": {},
    }  # fmt: skip
    plan = {
        "name": "Diez", "router_id": ROUTER, "download_kbps": 10_000, "upload_kbps": 2_000, "price_minor": 30_000,
        "currency": "MXN", "active": True, "shaping": None,
    }  # fmt: skip
    plans = [{**plan, "plan_id": CLIENT}, {**plan, "plan_id": JOB, "name": "Veinte"}]
    house.services.answers |= {
        "installations.list_plans": lambda _: {"rows": plans},
        "installations.list_zones": lambda _: {"rows": []},
        "installations.list_sectors": lambda _: {"rows": []},
        "installations.list_routers": lambda _: {"rows": [{"router_id": ROUTER, "name": "Torre"}]},
        "installations.begin_plan_move": lambda _: move,
        "installations.steer_plan_move": lambda _: move,
        "installations.get_plan_move": lambda _: {"move": move, "refused": [refused]},
        "installations.list_plan_moves": lambda _: {"rows": [move], "next": None},
    }
    office, page = house.staff(), "/zonas/pasos-de-plan/"
    asked = f"/zonas/?plan_id={CLIENT}"
    assert "Pasar a todos sus clientes a otro plan" in office.get(asked).text
    begun = send(office, asked, page, from_plan_id=CLIENT, to_plan_id=JOB)
    assert begun.location == f"{page}{OPERATION}"
    assert house.services.told("installations.begin_plan_move")[0].data == {"from_plan_id": CLIENT, "to_plan_id": JOB}
    shown = text_of(office.get(f"{page}{OPERATION}").text)
    assert "Diez → Veinte" in shown and "4 de 10" in shown and "El router no responde" in shown
    send(office, f"{page}{OPERATION}", f"{page}{OPERATION}/pause")
    assert house.services.told("installations.steer_plan_move")[0].data == {"move_id": OPERATION, "how": "pause"}
    assert "Diez → Veinte" in house.staff(READ_ONLY).get(page).text
    assert send(house.staff(TECHNICIAN), "/cuenta/", page, from_plan_id=CLIENT).status_code == 403
