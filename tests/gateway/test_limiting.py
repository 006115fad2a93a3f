from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from chassis import clock
from gateway.app import limiter
from gateway.model import AskedCount

PAGE = "/solicitar-instalacion/veloz/seguimiento"
MOST = 20  # a minute
ANOTHER_GATEWAY = f"""
import os
from gateway.app import create_app
from gateway.settings import GatewaySettings
visitor = create_app(GatewaySettings.load(os.environ)).test_client()
print(*(visitor.get({PAGE!r}).status_code for _ in range({MOST})))
"""


@pytest.fixture
def limited(monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)


def test_what_one_gateway_process_counted_the_next_one_knows(house, limited, monkeypatch):
    assert _asked_of_another_gateway(house) == ["200"] * MOST
    visitor = house.visitor()
    refused = visitor.get(PAGE)
    assert (refused.status_code, "Demasiados intentos" in refused.text) == (429, True)
    assert visitor.get(PAGE, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert visitor.get(PAGE).status_code == 200
    house.app.extensions["alta"].tidier.forget_what_ended()
    with house.database.read_unscoped() as reading:  # the window that began anew
        assert reading.scalar(select(func.count()).select_from(AskedCount)) == 1


def _asked_of_another_gateway(house) -> list[str]:
    settings = house.app.extensions["alta"].settings
    names = {"ALTA_DATABASE_URL": settings.database_url, "ALTA_AMQP_URI": settings.amqp_uri}
    names |= {"ALTA_FILES_URL": settings.files_url, "ALTA_KEYRING": str(settings.keyring)}
    names |= {"ALTA_BASE_URL": settings.base_url}
    run = subprocess.run(
        [sys.executable, "-c", ANOTHER_GATEWAY], env=os.environ | names, capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()[-1].split()
