"""A delivered message, as the inbox passes it around."""

from __future__ import annotations

import dataclasses
from typing import Any

from marshmallow import ValidationError

from chassis.inbox.handler import Handler
from chassis.messages import Envelope, MalformedMessage

ATTEMPT = "x-alta-attempt"


@dataclasses.dataclass(slots=True)
class Delivery:
    """What the broker handed over. `redelivered` says that somebody had it before and did not settle it."""

    handler: Handler
    tag: int
    redelivered: bool
    headers: dict[str, Any]
    body: bytes


@dataclasses.dataclass(slots=True)
class Received:
    """A delivery that was understood. `event` is what its handler is given; `attempt` counts from 1."""

    delivery: Delivery
    envelope: Envelope
    event: Any
    attempt: int

    @property
    def queue(self) -> str:
        return self.delivery.handler.queue


@dataclasses.dataclass(slots=True)
class Unreadable:
    """A delivery that no later try could read better, and why."""

    delivery: Delivery
    error: MalformedMessage


def read(delivery: Delivery) -> Received | Unreadable:
    """What was delivered, understood as far as it can be."""
    try:
        envelope = Envelope.decode(delivery.body)
        event = delivery.handler.read(envelope)
    except MalformedMessage as error:
        return Unreadable(delivery, error)
    except ValidationError as error:
        return Unreadable(delivery, MalformedMessage(f"it does not fit its schema: {error.normalized_messages()}"))
    except Exception as error:  # noqa: BLE001 - whatever a reader stumbles over must not stop the consumer
        return Unreadable(delivery, MalformedMessage(f"it cannot be read: {error!r}"))
    attempt = delivery.headers.get(ATTEMPT, 1)
    return Received(delivery, envelope, event, attempt if isinstance(attempt, int) else 1)
