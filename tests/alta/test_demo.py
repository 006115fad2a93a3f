"""The commands against a whole running Alta: the demo, status, events, parked messages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest

from deploy.local import processes
from deploy.local.place import ROOT
from deploy.local.stack import Stack

pytestmark = pytest.mark.timeout(300)

ROLES = {"owner", "office", "technician", "read_only"}


def alta(stack: Stack, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`more` is in its environment; it has no terminal."""
    program = "import sys; from alta.cli import main; sys.exit(main())"
    environment = {**os.environ, "ALTA_VAR": str(stack.place.path), **more}
    command = [sys.executable, "-c", program, *arguments]
    nothing = subprocess.DEVNULL
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdin=nothing, capture_output=True, text=True, check=False
    )


def answer_of(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def stack(room: Path) -> Iterator[Stack]:
    """Every part, running as `make demo` runs them, in a place of its own; empty but for what tests put there."""
    running = Stack.at(room / "var")
    try:
        running.up()
        yield running
    finally:
        processes.end(running.place, seconds=0)


@pytest.fixture(scope="module")
def report(stack: Stack) -> dict[str, Any]:
    """What the first run of the story on this stack reports."""
    return answer_of(alta(stack, "demo", "--json"))


def test_report_says_where_everything_is(stack: Stack, report: dict[str, Any]) -> None:
    assert report.keys() == {"url", "logins", "amqp_uri", "mailbox_url", "steps", "ids"}
    assert report["logins"].keys() == ROLES
    assert all(login.keys() == {"user", "password"} for login in report["logins"].values())
    assert all(step.keys() == {"name", "seconds"} for step in report["steps"])
    assert {"request_id", "installation_id", "contract_id", "invoice_id", "company_id"} <= report["ids"].keys()
    assert json.loads((stack.place.path / "demo.json").read_text()) == report


def test_second_run_is_about_somebody_else(stack: Stack, report: dict[str, Any]) -> None:
    again = answer_of(alta(stack, "demo", "--json"))
    assert again["ids"]["company_id"] == report["ids"]["company_id"]
    assert again["ids"]["client_number"] == report["ids"]["client_number"] + 1
    assert again["ids"]["installation_id"] != report["ids"]["installation_id"]


def test_people_read_a_summary(stack: Stack, report: dict[str, Any]) -> None:
    done = alta(stack, "demo")
    assert done.returncode == 0
    assert report["url"] in done.stdout and "is online" in done.stdout


def test_nothing_was_parked(stack: Stack, report: dict[str, Any]) -> None:
    assert answer_of(alta(stack, "parked", "list", "--json")) == {"rows": [], "unavailable": []}


def test_status_knows_every_part(stack: Stack) -> None:
    told = answer_of(alta(stack, "status", "--json"))
    assert told["healthy"] is True
    assert {part.name for part in stack.wiring.parts()} == {row["part"] for row in told["parts"]}


def test_people_are_listed(stack: Stack, report: dict[str, Any]) -> None:
    people = answer_of(alta(stack, "user", "list", "--company", "conecta-valle"))
    assert {person["role"] for person in people} == ROLES
    person = ("--company", "conecta-valle", "--name", "Nora", "--email", "nora@example.net", "--role", "read_only")
    assert answer_of(alta(stack, "user", "add", *person, ALTA_PASSWORD="secreto-123"))["email"] == "nora@example.net"
    without = alta(stack, "user", "add", *person)
    assert (without.returncode, "Traceback" in without.stderr, "required" in without.stderr) == (1, False, True)


def test_events_are_told_again_to_one_queue(stack: Stack, report: dict[str, Any]) -> None:
    with pika.BlockingConnection(pika.URLParameters(stack.amqp_uri_of("integrator"))) as connection:
        channel = connection.channel()
        channel.queue_declare("integration.replayed", durable=True)
        options = ("--since", "2026-01-01", "--to", "integration.replayed", "--type", "InvoiceIssued", "--json")
        told = answer_of(alta(stack, "events", "replay", "--service", "billing", *options))
        bodies = []
        for _, _, body in channel.consume("integration.replayed", auto_ack=True, inactivity_timeout=20):
            bodies.append(json.loads(body))
            if len(bodies) == told["events"]:
                break
    assert report["ids"]["invoice_id"] in {event["data"]["invoice_id"] for event in bodies}
    assert {event["type"] for event in bodies} == {"InvoiceIssued"}


def test_replay_to_nowhere_is_refused(stack: Stack) -> None:
    done = alta(stack, "events", "replay", "--service", "billing", "--since", "2026-01-01", "--to", "nobody")
    assert done.returncode == 2 and "there is no queue nobody" in done.stderr


def test_killed_service_is_back_and_the_story_goes_on(stack: Stack, report: dict[str, Any]) -> None:
    for part in ("billing", "relay", "gateway"):
        os.kill(stack.supervisor.states()[part]["pid"], signal.SIGKILL)
    wait_for(stack.is_ready)
    assert answer_of(alta(stack, "status", "--json"))["healthy"] is True
    assert answer_of(alta(stack, "demo", "--json"))["ids"]["client_number"] > report["ids"]["client_number"]


def test_mistakes_of_the_operator_are_one_sentence(stack: Stack) -> None:
    for command in (["logs", "nobody"], ["migrate", "nobody"], ["parked", "show", "billing", "x"]):
        done = alta(stack, *command)
        assert done.returncode != 0 and "Traceback" not in done.stderr and done.stderr.strip()
