"""Whatever is asked, in whatever order, and whatever fails: in the end every router has what was wanted last.

Nothing is there twice, nothing that is not ours was touched, nothing is left to do. A few scripts are always the same;
`ALTA_RANDOM_SCRIPTS=500` plays so many, other ones each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chassis.outbox.claiming import Outbox
from chassis.outbox.relay import Relay
from tests.chassis.running import running
from tests.hosting import prepared
from tests.provisioning.at_random import ending
from tests.provisioning.at_random.replicas import Replicas, replicas_of
from tests.provisioning.at_random.routers import network
from tests.provisioning.at_random.scene import Scene
from tests.provisioning.at_random.scripts import Script, scripts
from tests.rooms import Broker
from tests.templates import MakeTables, PostgresqlTemplates

ALWAYS = 3
ASKED_FOR = int(os.environ.get("ALTA_RANDOM_SCRIPTS", "0"))


@pytest.fixture(scope="module")
def replicas(
    broker: Broker,
    postgresql_templates: PostgresqlTemplates,
    make_tables: MakeTables,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Replicas]:
    room: Path = tmp_path_factory.mktemp("at-random")
    with broker.virtual_host() as uri, postgresql_templates.copied(make_tables) as url:
        service = prepared("provisioning", database_url=url, amqp_uri=uri, room=room)
        started = replicas_of(service)
        try:
            with running(Relay(uri, [Outbox("provisioning", url)])):
                started.start()
                yield started
                started.stop()
        finally:
            started.kill_all()
            started.database.close()


@pytest.mark.timeout(0 if ASKED_FOR else 300)
@settings(
    max_examples=ASKED_FOR or ALWAYS,
    # What a run finds wrong must not depend on luck, unless luck is asked for.
    derandomize=not ASKED_FOR,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
@given(script=scripts(longest=24))
def test_every_router_ends_with_what_was_wanted_last(replicas: Replicas, script: Script) -> None:
    with network(script.routers) as routers:
        scene = Scene(replicas, routers)
        try:
            for step in script.steps:
                scene.play(step)
            ending.end(scene)
            found = ending.wrong(scene)
            ending.repair(scene)
            found += ending.wrong(scene)
        except AssertionError as failure:
            found = [str(failure)]
        if found:
            # One that pytest's own `fail` raises would not be shrunk.
            raise AssertionError(f"{script}\n\nwrong in the end:\n" + "\n".join(dict.fromkeys(found)))
