"""What may go wrong with a router, on demand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from routersim.router import Command


class Dropped(Exception):
    """The connection ends here, without another word."""


@dataclass
class Drop:
    """Ends the connection at the nth command, before the command is applied or after it, unanswered.

    `command` narrows the counting to commands that begin with it, `/queue/simple/add` for example.
    """

    when: Literal["before", "after"]
    nth: int = 1
    command: str = "/"

    @classmethod
    def parse(cls, text: str) -> Drop:
        """`after:2` or `before:1:/ppp/secret/add`. Raises `ValueError`."""
        when, _, rest = text.partition(":")
        nth, _, command = rest.partition(":")
        if when not in ("before", "after"):
            raise ValueError(f"{when} is neither before nor after")
        return cls(when, int(nth or 1), command or "/")


@dataclass
class Faults:
    """The faults of one router; all off to begin with."""

    offline: bool = False
    hanging: bool = False
    slow_ms: float = 0
    drop: Drop | None = None

    def __post_init__(self) -> None:
        # A small router works on one command at a time, whoever sends it.
        self._one_at_a_time = asyncio.Lock()
        self._released = asyncio.Event()

    async def before(self, command: Command) -> None:
        """Waits as long as the router is slow or hanging. Raises `Dropped`."""
        if self.hanging:
            await self._released.wait()
            raise Dropped
        if self.slow_ms:
            async with self._one_at_a_time:
                await asyncio.sleep(self.slow_ms / 1000)
        if self._counts_down(command) and self.drop.when == "before":
            self.drop = None
            raise Dropped

    def after(self) -> None:
        """Raises `Dropped` when the command that was just applied is the one to be left unanswered."""
        if self.drop is not None and self.drop.nth == 0:
            self.drop = None
            raise Dropped

    def release(self) -> None:
        """Lets go of the commands that hang; their connections are over."""
        self._released.set()
        self._released = asyncio.Event()

    def _counts_down(self, command: Command) -> bool:
        if self.drop is None or not command.full.startswith(self.drop.command):
            return False
        self.drop.nth -= 1
        return self.drop.nth == 0
