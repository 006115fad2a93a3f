"""What goes wrong around a story must neither lose nor double anything in it: the broker, a router, any process,
and messages that nobody can read.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pika
import pytest

from alta.demo.company import ROUTERS, Prospect
from alta.demo.story import Story, StoryFailed
from routersim.control import ask as ask_simulator
from tests.system.crashing import Scene, eventually

QUEUE, RPC = "billing.on_installation_activated", "installations.activate"

pytestmark = pytest.mark.timeout(600)


@contextmanager
def story_of(scene: Scene) -> Iterator[Story]:
    told = Story(scene.target, scene.somebody(), scene.hearing)
    try:
        yield told
    finally:
        told.close()


def kill(scene: Scene, part: str) -> None:
    """With -9; returns when the part is there again and everything is ready."""
    before = scene.stack.supervisor.states()[part]["pid"]
    os.kill(before, signal.SIGKILL)
    eventually(
        lambda: scene.stack.supervisor.states()[part]["pid"] not in (0, before),
        lambda: f"{part} does not come back: {scene.stack.tail(part)}",
        seconds=90,
    )
    eventually(scene.stack.is_ready, lambda: f"not ready after {part} was killed: {scene.stack.status()}", seconds=90)


def order_router(scene: Scene, number: int, order: str, **parameters: Any) -> dict[str, Any]:
    control = ("127.0.0.1", scene.stack.place.ports["routersim_control"])
    return ask_simulator(control, do=order, router=f"router-{number}", **parameters)


@pytest.mark.parametrize("step", ["ask", "write_contract", "sign", "activate", "settle"])
def test_story_goes_on_when_the_broker_is_killed(scene: Scene, step: str) -> None:
    with story_of(scene) as told:
        for _, take in told.steps():
            if take.__name__ == step:
                os.kill(scene.stack.supervisor.states()["rabbitmq"]["pid"], signal.SIGKILL)
            take()
    scene.verify(told.person, told.ids)


def test_router_that_is_off_leaves_the_installation_to_be_activated_again(scene: Scene) -> None:
    with story_of(scene) as told:
        for prepare in (told.ask, told.review, told.approve, told.write_contract, told.sign):
            prepare()
        router = next(router for router in ROUTERS if router.name == told.ids["router"])
        order_router(scene, router.number, "offline")
        try:
            with pytest.raises(StoryFailed, match="the activation failed"):
                told.activate()
            left = scene.ask("installations", "get_installation", {"installation_id": told.ids["installation_id"]})
            assert (left["state"], left["failure_code"]) == ("in_progress", "router-unreachable")
            assert left["client_number"] is None
        finally:
            order_router(scene, router.number, "online")
        assert scene.entries_of(told.person) == 0
        scene.expect_failed("provisioning", "provisioning.apply")
        for step in (told.activate, told.settle, told.read_mail, told.ask_other_system):
            step()
    scene.verify(told.person, told.ids)


@pytest.mark.parametrize("at", ["before", "after"])
def test_router_that_hangs_up_while_it_is_written_to_is_written_once(scene: Scene, at: str) -> None:
    with story_of(scene) as told:
        for prepare in (told.ask, told.review, told.approve, told.write_contract, told.sign):
            prepare()
        router = next(router for router in ROUTERS if router.name == told.ids["router"])
        order_router(scene, router.number, "drop", at=f"{at}:1:/queue/simple/add")
        for step in (told.activate, told.settle, told.read_mail, told.ask_other_system):
            step()
    scene.verify(told.person, told.ids)


UNREADABLE = {
    "no-json": (b"\x00\xff what?", {"content_type": "application/cloudevents+json"}),
    "no-envelope": (b'{"type": "InstallationActivated"}', {"content_type": "application/cloudevents+json"}),
    "nothing": (b"", {}),
    "other-content": (b"<event/>", {"content_type": "text/xml", "content_encoding": "no-such-thing"}),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_messages_that_nobody_can_read_are_parked_and_stop_nothing(scene: Scene, kind: str) -> None:
    body, properties = UNREADABLE[kind]
    with pika.BlockingConnection(pika.URLParameters(scene.target.operator_amqp_uri)) as connection:
        channel = connection.channel()
        channel.basic_publish("", QUEUE, body, pika.BasicProperties(**properties))
        channel.basic_publish("nameko-rpc", RPC, body, pika.BasicProperties(**properties))
    parked = {"billing.parked": 1, "installations.parked": 1}
    eventually(lambda: scene.left_over() == parked, lambda: f"parked: {scene.left_over()}")
    person, ids = scene.play()
    for service in ("billing", "installations"):
        (row,) = scene.ask(service, "parked_list")["rows"]
        assert row["error"] and row["origin"] == ("event" if service == "billing" else "rpc")
        scene.ask(service, "parked_drop", {"id": row["id"]})
    scene.verify(person, ids)


def test_stories_end_well_while_each_process_is_killed_in_turn(scene: Scene) -> None:
    enough = threading.Event()
    # Of two who approve at a router at once, one is told that the address was taken meanwhile.
    routers = list(scene.numbers)
    with ThreadPoolExecutor(len(routers)) as pool:
        tellers = [pool.submit(_stories_until, scene, router, enough) for router in routers]
        try:
            for part in [part.name for part in scene.stack.wiring.parts()]:
                kill(scene, part)
        finally:
            enough.set()
        ended = [one for teller in tellers for one in teller.result(timeout=300)]
    assert len(ended) >= len(routers)
    for person, ids in ended:
        scene.verify(person, ids)


def _stories_until(scene: Scene, router: str, enough: threading.Event) -> list[tuple[Prospect, dict[str, Any]]]:
    """At least one, and one after the other until it is enough."""
    ended = [scene.play(router)]
    while not enough.is_set():
        ended.append(scene.play(router))
    return ended
