"""A message as bytes on an AMQP 0-9-1 connection: method, header and body frames in one piece.

pika makes these for each message anew and sends each with a call of its own to the system; most of
what they hold is the same for every event. Source: AMQP 0-9-1, 2.3.5 "Frame Details", 4.2.6.
"""

from __future__ import annotations

import dataclasses
import struct
from functools import lru_cache
from typing import Any

import pika
from pika import frame, spec

from chassis.messages.envelope import CONTENT_TYPE

_FRAME = struct.Struct(">BHI")
_CONTENT = struct.Struct(">HxxQ")
_END = bytes([spec.FRAME_END])
_ID_LENGTH = 36


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """What is published: persistent and mandatory. `id` is a UUID as text."""

    id: str
    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any] | None = None


def encode(message: Message, *, channel: int, frame_max: int) -> bytes:
    """All frames of one publish; a body longer than `frame_max` allows is split."""
    most = frame_max - 8
    body = message.body
    parts = [body] if len(body) <= most else [body[i : i + most] for i in range(0, len(body), most)]
    return b"".join(
        (
            _method(channel, message.exchange, message.routing_key),
            _header(message, channel),
            *(
                piece
                for part in parts
                if part
                for piece in (_FRAME.pack(spec.FRAME_BODY, channel, len(part)), part, _END)
            ),
        )
    )


@lru_cache(maxsize=1024)
def _method(channel: int, exchange: str, routing_key: str) -> bytes:
    return frame.Method(channel, spec.Basic.Publish(0, exchange, routing_key, mandatory=True)).marshal()


def _header(message: Message, channel: int) -> bytes:
    if message.headers:
        properties = pika.BasicProperties(
            content_type=CONTENT_TYPE, delivery_mode=2, message_id=message.id, headers=message.headers
        )
        return frame.Header(channel, len(message.body), properties).marshal()
    size, before, after = _plain_properties()
    return b"".join(
        (
            _FRAME.pack(spec.FRAME_HEADER, channel, size),
            _CONTENT.pack(spec.BasicProperties.INDEX, len(message.body)),
            before,
            message.id.encode(),
            after,
            _END,
        )
    )


@lru_cache(maxsize=1)
def _plain_properties() -> tuple[int, bytes, bytes]:
    """The length of a header's payload, and its bytes around the message id."""
    blank = "x" * _ID_LENGTH
    encoded = b"".join(pika.BasicProperties(content_type=CONTENT_TYPE, delivery_mode=2, message_id=blank).encode())
    before, after = encoded.split(blank.encode())
    return _CONTENT.size + len(encoded), before, after
