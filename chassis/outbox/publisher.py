"""Publishing many messages at once: persistent, mandatory, confirmed, and with an end to every wait.

Confirms are pipelined: one by one, a broker gives some 600/s; in batches, twenty times that. Plain
pika, never under eventlet, where nothing bounds a confirmed publish.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pika
from pika.adapters.select_connection import IOLoop
from pika.spec import Basic

from chassis.outbox.frames import Message, encode

CONNECT_SECONDS = 10.0
BATCH_SECONDS = 15.0
WRITE = 50  # messages in one write


class BrokerAway(Exception):
    """The broker is gone, blocked or silent. Of what is on its way some may have arrived, and some not."""


@dataclasses.dataclass(slots=True)
class Sending:
    """A batch on its way. What ends in neither set was refused by the broker and may be sent again."""

    unanswered: int
    confirmed: set[str] = dataclasses.field(default_factory=set)
    returned: set[str] = dataclasses.field(default_factory=set)


class Publisher:
    """One connection with one confirming channel. After `BrokerAway` it is of no more use; make another."""

    def __init__(self, amqp_uri: str) -> None:
        """Raises `BrokerAway`."""
        self.loop = IOLoop()
        self._failure: str | None = None
        self._channel: Any = None
        self._sent: dict[int, tuple[str, Sending]] = {}
        self._returned: set[str] = set()
        self._next_tag = 1
        self._lowest = 1
        self._awaited: Sending | None = None
        self._connection = pika.SelectConnection(
            _parameters(amqp_uri),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=self._fail,
            on_close_callback=self._fail,
            custom_ioloop=self.loop,
        )
        self._run(CONNECT_SECONDS)

    def send(self, messages: Sequence[Message]) -> Sending:
        """Puts the messages on their way and returns at once; `finish` waits for the answers."""
        sending = Sending(unanswered=len(messages))
        channel, frame_max = self._channel.channel_number, self._connection.params.frame_max
        for start in range(0, len(messages), WRITE):
            some = messages[start : start + WRITE]
            for message in some:
                self._sent[self._next_tag] = (message.id, sending)
                self._next_tag += 1
            if self._failure is None:
                frames = b"".join([encode(message, channel=channel, frame_max=frame_max) for message in some])
                # The channel's own publish would encode and send three frames for each message.
                self._connection._output_marshaled_frames([frames])
        return sending

    def finish(self, sending: Sending) -> None:
        """Returns when the broker has answered for the whole batch; raises `BrokerAway`."""
        if sending.unanswered:
            self._awaited = sending
            self._run(BATCH_SECONDS)
        sending.confirmed -= sending.returned

    def wait(self, seconds: float) -> None:
        """Keeps the connection alive until `loop.stop()` is called or the time is over; raises `BrokerAway`."""
        timer = self.loop.call_later(seconds, self.loop.stop)
        self._loop_until_stopped()
        self.loop.remove_timeout(timer)

    def close(self) -> None:
        if self._failure is None:
            self._connection.close()
            timer = self.loop.call_later(1.0, self.loop.stop)
            self.loop.start()
            self.loop.remove_timeout(timer)
        self.loop.close()

    def _run(self, seconds: float) -> None:
        timer = self.loop.call_later(seconds, lambda: self._fail(None, f"no answer within {seconds} s"))
        self._loop_until_stopped()
        while self._awaited is not None and self._awaited.unanswered:
            self._loop_until_stopped()  # something else had stopped the loop: a wake-up
        self._awaited = None
        self.loop.remove_timeout(timer)

    def _loop_until_stopped(self) -> None:
        if self._failure is None:
            self.loop.start()
        if self._failure is not None:
            raise BrokerAway(self._failure)

    def _fail(self, _source: Any, reason: Any) -> None:
        self._failure = self._failure or repr(reason)
        self.loop.stop()

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._fail)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_answer, callback=lambda _: self.loop.stop())

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        self._returned.add(properties.message_id)  # its confirm follows

    def _on_answer(self, frame: Any) -> None:
        method = frame.method
        # Tags are answered one by one or up to one; each is looked at once in either case.
        tags = range(self._lowest, method.delivery_tag + 1) if method.multiple else (method.delivery_tag,)
        if method.multiple:
            self._lowest = method.delivery_tag + 1
        acked = isinstance(method, Basic.Ack)
        for tag in tags:
            if tag in self._sent:
                self._answer(*self._sent.pop(tag), acked=acked)

    def _answer(self, id: str, sending: Sending, *, acked: bool) -> None:
        sending.unanswered -= 1
        if acked:
            sending.confirmed.add(id)
        if id in self._returned:
            self._returned.remove(id)
            sending.returned.add(id)
        if sending is self._awaited and not sending.unanswered:
            self.loop.stop()


def _parameters(amqp_uri: str) -> pika.URLParameters:
    parameters = pika.URLParameters(amqp_uri)
    parameters.heartbeat = 10
    parameters.blocked_connection_timeout = 5
    parameters.socket_timeout = 5
    parameters.client_properties = {"connection_name": "relay"}
    return parameters
