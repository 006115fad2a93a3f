import io
from datetime import timedelta

import pytest

from chassis import clock
from chassis.files import FileMissing
from gateway import deferral


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


def _three_days_pass(monkeypatch) -> None:
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)


def _upload(runtime) -> str:
    return runtime.files.stage(io.BytesIO(b"a photo"), 1000).key


def _keep_a_command(house, key: str) -> None:
    context = {"company_id": str(house.company.id), "idempotency_key": "tap"}
    runtime = house.app.extensions["alta"]
    deferral.keep(runtime, "preinstall", "submit", {"staged_key": key}, context=context, about=None)
