"""What a service does when it hears something."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from chassis.messages import Envelope, Event


@dataclasses.dataclass(frozen=True, slots=True)
class Handler:
    """`function(session, event)` runs in the transaction that remembers the event as handled: no I/O in it.

    `queue` is written down, never derived: renaming a function must not lose what waits for it.
    Without an `event`, everything that `publishers` tell is heard, as the raw `Envelope`.
    """

    queue: str
    event: type[Event] | None
    function: Callable[[Session, Any], None]
    publishers: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        return self.publishers if self.event is None else (self.event.source,)

    @property
    def routing_key(self) -> str:
        return "#" if self.event is None else self.event.type

    def read(self, envelope: Envelope) -> Any:
        """What the function is given; raises `marshmallow.ValidationError`."""
        return envelope if self.event is None else self.event.read(envelope)
