"""Deliveries as they come off an AMQP 0-9-1 connection: all that one read of the socket brought, at once.

pika makes several objects of each message and calls back for it through four layers, which is most
of what hearing an event would cost. Source: AMQP 0-9-1, 2.3.5 "Frame Details", 4.2.6.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

import pika
from pika import frame, spec
from pika.exceptions import InvalidFrameError

from chassis.inbox.handler import Handler
from chassis.inbox.messages import Delivery

READ_BYTES = 128 * 1024

_FRAME = struct.Struct(">BHI")
_DELIVER = struct.pack(">I", spec.Basic.Deliver.INDEX)
_TAG = struct.Struct(">QB")  # with whether it is redelivered
_NAMED = _FRAME.size + len(_DELIVER) + 1  # where the consumer's tag begins, after its length
_CONTENT = struct.Struct(">xxxxQH")  # the body's length, and which properties there are

Receive = Callable[[list[Delivery]], None]


def connect(
    parameters: pika.URLParameters, handlers: Mapping[str, Handler], receive: Receive
) -> pika.BlockingConnection:
    """A connection of pika's whose deliveries go to `receive`, past the callback that `basic_consume` was given.

    `handlers` are known by the tag that is consumed with. One channel may consume.
    """
    connection = pika.BlockingConnection(parameters, _impl_class=_Connection)
    connection._impl.receive = receive
    connection._impl.decoder = Decoder(handlers)
    return connection


class _Connection(pika.SelectConnection):
    receive: Receive
    decoder: Decoder

    def _proto_connection_made(self, transport: Any) -> None:
        transport._MAX_RECV_BYTES = READ_BYTES
        super()._proto_connection_made(transport)

    def _on_data_available(self, data_in: bytes) -> None:
        if not self.is_open:
            super()._on_data_available(data_in)
            return
        data = self._frame_buffer + data_in
        deliveries, end = self.decoder.decode(data, self._pass_on)
        self._frame_buffer = data[end:]
        self.bytes_received += end
        if deliveries:
            self.receive(deliveries)

    def _pass_on(self, raw: bytes) -> None:
        self._process_frame(frame.decode_frame(raw)[1])


class Decoder:
    """Finds the messages in a stream of frames."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers
        self._message: _Message | None = None

    def decode(self, data: bytes, other: Callable[[bytes], None]) -> tuple[list[Delivery], int]:
        """The messages that `data` completes, and up to where it was read; the rest is given again, with what follows.

        `other` gets each frame that is not of a message.
        """
        found: list[Delivery] = []
        at = 0
        while len(data) - at >= _FRAME.size:
            kind, channel, size = _FRAME.unpack_from(data, at)
            end = at + _FRAME.size + size
            if end >= len(data):
                break
            if data[end] != spec.FRAME_END:
                raise InvalidFrameError("a frame does not end where it says")
            raw, at = data[at : end + 1], end + 1
            message = self._message
            if kind == spec.FRAME_METHOD and raw.startswith(_DELIVER, _FRAME.size):
                self._message = _Message(channel, raw)
            elif message is None or channel != message.channel:
                other(raw)
            elif message.take(kind, raw):
                found.append(message.delivery(self._handlers))
                self._message = None
        return found, at


class _Message:
    """What has come of one message so far."""

    __slots__ = ("_body", "_consumer", "_headers", "_missing", "_redelivered", "_tag", "channel")

    def __init__(self, channel: int, raw: bytes) -> None:
        self.channel = channel
        tagged = _NAMED + raw[_NAMED - 1]
        self._consumer = raw[_NAMED:tagged].decode()
        self._tag, self._redelivered = _TAG.unpack_from(raw, tagged)

    def take(self, kind: int, raw: bytes) -> bool:
        """Whether the message is complete with this frame."""
        if kind == spec.FRAME_HEADER:
            self._missing, properties = _CONTENT.unpack_from(raw, _FRAME.size)
            self._headers = _headers(raw) if properties & spec.BasicProperties.FLAG_HEADERS else {}
            self._body = b""
        else:
            payload = raw[_FRAME.size : -1]
            self._body += payload
            self._missing -= len(payload)
        return not self._missing

    def delivery(self, handlers: Mapping[str, Handler]) -> Delivery:
        return Delivery(handlers[self._consumer], self._tag, bool(self._redelivered & 1), self._headers, self._body)


def _headers(raw: bytes) -> dict[str, Any]:
    _, header = frame.decode_frame(raw)
    return header.properties.headers or {}
