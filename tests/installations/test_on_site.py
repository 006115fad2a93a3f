"""INS-10: what technicians do at the client's, told late, twice, or after the office changed something."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed
from services.installations import checklists, on_site, scheduling, wifi
from services.installations.errors import ChangedMeanwhile, FormRefused, IllegalInstallationMove
from services.installations.model import Installation
from tests.installations.builders import NOON, Scene


def test_ins_10_visits_are_the_overdue_todays_and_the_weeks_in_order(session: Session, scene: Scene) -> None:
    days = {name: timedelta(days=number) for name, number in [("late", -3), ("soon", 2), ("far", 9)]}
    late, soon, _far = (scene.schedule(session, scheduled_at=NOON + days[name]) for name in days)
    today = scene.schedule(session)
    done = scene.activated(session, scheduled_at=NOON - timedelta(hours=2))
    done_before = scene.activated(session, scheduled_at=NOON - timedelta(days=1))
    found = on_site.visits(session, technician_id=scene.technician_id, at=NOON)
    assert [row.id for row in found["rows"]] == [late.id, done.id, today.id, soon.id]
    assert done_before not in found["rows"]
    assert found["today"] == NOON.date()


def test_ins_10_a_visit_may_have_begun_already_but_not_have_been_cancelled(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session)
    for _phone in range(2):
        on_site.begin(session, installation_id=installation.id)
    assert (installation.state, installation.version) == ("in_progress", 2)
    scheduling.cancel(session, installation_id=installation.id, reason=None)
    with pytest.raises(IllegalInstallationMove):
        on_site.begin(session, installation_id=installation.id)


def _correct(session: Session, scene: Scene, installation: Installation, **changes: tuple[Any, Any]) -> None:
    password = changes.pop("wifi_password", None)
    told = {name: {"before": before, "after": after} for name, (before, after) in changes.items()}
    on_site.correct(
        session, keyring=scene.keyring, installation_id=installation.id, changes=told, wifi_password=password
    )


def test_ins_10_one_field_is_changed_beside_what_the_office_changed(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session, wifi_ssid="Casa", wifi_password="primera-1")
    scene.change(session, installation, comments="Perro bravo", wifi_ssid="Casa")
    _correct(session, scene, installation, wifi_ssid=("Casa", "Casa López"), wifi_password="segunda-2")
    assert (installation.comments, installation.wifi_ssid) == ("Perro bravo", "Casa López")
    assert wifi.wifi_of(installation, scene.keyring).wifi_password == "segunda-2"


def test_ins_10_what_the_office_wrote_meanwhile_is_told_and_not_overwritten(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session)
    scene.change(session, installation, comments="Llamar antes")
    with pytest.raises(FormRefused) as refused:
        _correct(session, scene, installation, comments=(None, "Timbre roto"))
    told = {"code": "changed-at-the-office", "params": {"value": "Llamar antes"}}
    assert refused.value.fields == {"comments": [told]}
    _correct(session, scene, installation, comments=("Llamar antes", "Timbre roto"))
    version = installation.version
    _correct(session, scene, installation, comments=("Llamar antes", "Timbre roto"))
    assert (installation.comments, installation.version) == ("Timbre roto", version)


def test_ins_10_whoever_stands_there_says_where_it_is(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session)
    place = {"latitude": Decimal("18.985"), "longitude": Decimal("-99.1")}
    for _phone in range(2):
        on_site.locate(session, installation_id=installation.id, **place)
    assert (installation.latitude, installation.longitude, installation.version) == (*place.values(), 2)


def _answer(session: Session, installation: Installation, item_id: str, value: str | None, minutes: int = 0) -> None:
    checklists.answer(
        session,
        installation_id=installation.id,
        item_id=item_id,
        title="Como se vio",
        value=value,
        by="Raúl Díaz",
        at=NOON + timedelta(minutes=minutes),
    )


def _found(session: Session, installation: Installation) -> dict[str, Any]:
    rows = checklists.report(session, installation_id=installation.id)["rows"]
    return {row["item_id"]: row for row in rows if row["value"] is not None}


def test_ins_10_of_two_phones_the_later_answer_counts_whichever_arrives_first(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session)
    _answer(session, installation, "signal", "-61,5", minutes=9)
    _answer(session, installation, "signal", "-80", minutes=2)
    _answer(session, installation, "cabling", "on", minutes=3)
    _answer(session, installation, "wifi", "on", minutes=3)
    _answer(session, installation, "wifi", None, minutes=4)
    found = _found(session, installation)
    assert {name: row["value"] for name, row in found.items()} == {"signal": "-61.5", "cabling": "yes"}
    assert not found["signal"]["unusual"]
    _answer(session, installation, "signal", "-84", minutes=10)
    assert _found(session, installation)["signal"]["unusual"]


def test_ins_10_a_number_is_a_number(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session)
    for value in ("mucha", "NaN", "1e30"):
        with pytest.raises(ValidationFailed):
            _answer(session, installation, "signal", value)


def _item(**changed: Any) -> dict[str, Any]:
    return {"item_id": None, "title": "Altura", "kind": "number", "unit": "m", "least": 2, "most": 30} | changed


def test_ins_10_the_company_writes_its_own_list_and_old_answers_stay(session: Session, scene: Scene) -> None:
    installation = scene.schedule(session)
    _answer(session, installation, "paying", "on")
    saved = checklists.save(session, version=0, items=[_item(), _item(title="Foto", kind="tick")])
    assert [(item["title"], item["unit"], item["least"]) for item in saved["items"]] == [
        ("Altura", "m", 2.0),
        ("Foto", None, None),
    ]
    session.flush()
    with pytest.raises(ChangedMeanwhile):
        checklists.save(session, version=0, items=[_item()])
    with pytest.raises(FormRefused) as refused:
        checklists.save(session, version=1, items=[_item(least=31)])
    assert list(refused.value.fields) == ["items.0.least"]
    # A phone that has not heard of the new list yet answers the old one.
    _answer(session, installation, "equipment", "SN 123", minutes=5)
    rows = checklists.report(session, installation_id=installation.id)["rows"]
    assert [(row["title"], row["value"]) for row in rows[2:]] == [
        ("Se explicó cómo y cuándo pagar", "yes"),
        ("Como se vio", "SN 123"),
    ]
