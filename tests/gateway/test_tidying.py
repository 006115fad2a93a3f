import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.files import FileMissing
from chassis.storage.tables import event_log
from gateway import deferral
from gateway.model import Company
from gateway.public import faces


def test_an_upload_that_nobody_used_is_forgotten_after_two_days(house, monkeypatch):
    runtime = house.app.extensions["alta"]
    key = _upload(runtime)
    assert runtime.tidier.tidy() == 0
    _three_days_pass(monkeypatch)
    assert runtime.tidier.tidy() == 1
    with pytest.raises(FileMissing):
        runtime.files.size(key)


def test_what_a_kept_command_brings_along_stays(house, monkeypatch):
    runtime = house.app.extensions["alta"]
    _keep_a_command(house, _upload(runtime))
    _three_days_pass(monkeypatch)
    assert runtime.tidier.tidy() == 0


def test_ins_8_what_an_older_gateway_did_not_tell_of_a_company_is_told_once(house):
    """A logo that was set before sheets had logos."""
    runtime = house.app.extensions["alta"]
    with runtime.database.begin(house.company.id) as session:
        faces.own_face(session, house.company.id).logo_key = "a-logo"
        session.get(Company, house.company.id).told_as = None
    for _ in range(2):
        runtime.tidier.tell_what_was_not_told()
    with runtime.database.read(house.company.id) as session:
        told = select(event_log.c.entity_version).where(event_log.c.body.contains("a-logo"))
        version = session.get(Company, house.company.id).version
        assert session.connection().execute(told).scalars().all() == [version]


def _three_days_pass(monkeypatch) -> None:
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)


def _upload(runtime) -> str:
    return runtime.files.stage(io.BytesIO(b"a photo"), 1000).key


def _keep_a_command(house, key: str) -> None:
    context = {"company_id": str(house.company.id), "idempotency_key": "tap"}
    runtime = house.app.extensions["alta"]
    deferral.keep(runtime, "preinstall", "submit", {"staged_key": key}, context=context, about=None)
