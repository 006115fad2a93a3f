"""Ways to reach a person. Each is a module whose class has `send(letter)` and says of a failure what it is.

An adapter raises `chassis.errors.Transient` when another try may work, `Permanent` when none can.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes out. `reference` is the same whenever the same copy of a message is sent again."""

    reference: str
    recipient: str
    recipient_name: str
    sender_name: str
    reply_to: str | None
    subject: str
    text: str
    html: str
    written_at: datetime


class Channel(Protocol):
    def send(self, letter: Letter) -> None:
        """Returns when the other side has taken it over; raises `Transient` or `Permanent`."""
