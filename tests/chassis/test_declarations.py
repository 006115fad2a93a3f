"""A slip in a service's declaration is seen when its module is imported."""

import os
import subprocess
import sys

import pytest

from chassis.schemas import Schema
from chassis.service import Service, command, every, handlers_of, handles, query, works
from chassis.settings import Settings
from tests.chassis.parcels import Base, ParcelSent
from tests.chassis.running import ROOT


def a_service(**members):
    return type("Sample", (Service,), {"name": "sample", "base": Base, **members})


def method(decorator, name="act"):
    def act(self, *args):
        """Does nothing."""

    act.__name__ = name
    return decorator(act)


def test_what_was_declared_is_known():
    sample = a_service(
        ask=method(query(), "ask"),
        act=method(command(takes=Schema, public=True)),
        hear=method(handles(ParcelSent, queue="sample.on_parcel_sent"), "hear"),
        work=method(works("sample.work", attempts=None, failed="hear"), "work"),
        tick=method(every(seconds=60, lease="sample.tick"), "tick"),
    )
    assert set(sample.methods) == {
        "ask",
        "act",
        "parked_list",
        "parked_show",
        "parked_retry",
        "parked_drop",
        "audit_find",
    }
    assert sample.methods["act"].writes and sample.methods["act"].public and not sample.methods["ask"].writes
    (handler,) = handlers_of(sample)
    assert (handler.queue, handler.sources, handler.routing_key) == (
        "sample.on_parcel_sent",
        ("parcels",),
        "ParcelSent",
    )
    assert (sample.worked[0].attempts, sample.timed[0].seconds) == (None, 60)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"act": method(command(before="inspect"))}, "no method inspect"),
        ({"act": method(works("w", failed="give_up"))}, "no method give_up"),
        ({"act": method(handles(ParcelSent, queue="other.on_parcel_sent"))}, "must begin with sample."),
        (
            {
                "act": method(handles(ParcelSent, queue="sample.x")),
                "too": method(handles(ParcelSent, queue="sample.x"), "too"),
            },
            "queue sample.x is declared twice",
        ),
        ({"act": method(works("w")), "too": method(works("w"), "too")}, "kind of work w is declared twice"),
        ({"settings_class": Settings}, "ServiceSettings"),
    ],
)
def test_slips_are_told(members, told):
    with pytest.raises(TypeError, match=told):
        a_service(**members)


def a_run(*arguments, **environment):
    command = [sys.executable, "-m", "tests.chassis.parcel_service", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=False
    )


def test_settings_can_be_read_by_people_and_programs():
    table, as_json = a_run("settings"), a_run("settings", "--json")
    assert (table.returncode, as_json.returncode) == (0, 0)
    assert "ALTA_DATABASE_URL" in table.stdout and '"variable": "ALTA_AMQP_URI"' in as_json.stdout


@pytest.mark.parametrize("action", ["run", "migrate", "topology"])
def test_what_is_missing_is_told_in_a_sentence_each(action):
    done = a_run(action, ALTA_LOG_LEVEL="loud")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    told = [line.split(" ")[0].rstrip(":") for line in done.stderr.strip().splitlines() if line.startswith("ALTA")]
    assert told == ["ALTA_DATABASE_URL", "ALTA_AMQP_URI", "ALTA_LOG_LEVEL"]


def test_topology_is_there_before_the_service_runs(amqp_uri, tmp_path):
    import pika

    url = f"sqlite:///{tmp_path}/p.sqlite3"
    for _ in range(2):
        assert a_run("topology", ALTA_DATABASE_URL=url, ALTA_AMQP_URI=amqp_uri).returncode == 0
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    for queue in ("rpc-parcels", "parcels.on_parcel_sent"):
        connection.channel().queue_declare(queue, passive=True)
    connection.close()
