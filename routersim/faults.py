"""What may go wrong with a router, on demand."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from routersim.router import Command


class Dropped(Exception):
    """The connection ends here, without another word."""


@dataclass(frozen=True)
class Scope:
    """What a fault concerns: commands that begin with `command`, on the connection of that number or on all.

    Logging in is spared unless it is named: `/login`.
    """

    command: str = "/"
    connection: int | None = None

    def covers(self, command: Command, connection: int) -> bool:
        if self.connection not in (None, connection):
            return False
        return command.full.startswith(self.command) and (command.full != "/login" or self.command == "/login")


ALL = Scope()


@dataclass
class Drop:
    """Ends the connection at the nth command, before the command is applied or after it, unanswered."""

    when: Literal["before", "after"]
    nth: int = 1
    scope: Scope = ALL

    @classmethod
    def parse(cls, text: str, connection: int | None = None) -> Drop:
        """`after:2` or `before:1:/ppp/secret/add`. Raises `ValueError`."""
        when, _, rest = text.partition(":")
        nth, _, command = rest.partition(":")
        if when not in ("before", "after"):
            raise ValueError(f"{when} is neither before nor after")
        return cls(when, int(nth or 1), Scope(command or "/", connection))


@dataclass(frozen=True)
class Slow:
    """How long a command takes, in milliseconds.

    Between `low` and `high`, plus `each_row` for every row of the command's menu, plus `each_running` for every other
    command that the router has in work, on any connection. Source of the last: measured on a virtual router, from
    1 ms to more than 20 ms a command after 120 to 220 of them in a burst.
    """

    low: float = 0
    high: float = 0
    each_row: float = 0
    each_running: float = 0
    scope: Scope = ALL

    @classmethod
    def parse(cls, text: str, **more: float | Scope) -> Slow:
        """`20`, or `20-400` for a random time in between. Raises `ValueError`."""
        low, dash, high = text.partition("-")
        slow = cls(float(low), float(high if dash else low), **more)
        if not 0 <= slow.low <= slow.high:
            raise ValueError(f"{text} is not a time or a range of times in milliseconds")
        return slow

    @property
    def happens(self) -> bool:
        return self.high + self.each_row + self.each_running > 0

    def seconds(self, rows: int, others: int) -> float:
        drawn = random.uniform(self.low, self.high)  # noqa: S311 - nobody must not guess it
        return (drawn + self.each_row * rows + self.each_running * others) / 1000


@dataclass
class Refusals:
    """Logins that are refused whatever the password: those of `user`, or all; `times` of them, or without end."""

    user: str | None = None
    times: int | None = None

    def next(self, user: str | None) -> bool:
        """Whether this login is one of them."""
        if self.times == 0 or self.user not in (None, user):
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Faults:
    """The faults of one router; all off to begin with."""

    offline: bool = False
    hanging: Scope | None = None
    slow: Slow | None = None
    drop: Drop | None = None
    refusals: Refusals | None = None
    # More connections than this are ended as soon as they are made.
    most_sessions: int | None = None
    _in_work: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        # A small router works on one command at a time, whoever sends it.
        self._one_at_a_time = asyncio.Lock()
        self._released = asyncio.Event()

    @property
    def harmless(self) -> bool:
        """Whether nothing happens to any command."""
        return self.hanging is None and self.slow is None and self.drop is None

    def hangs(self, command: Command, connection: int) -> bool:
        return self.hanging is not None and self.hanging.covers(command, connection)

    def refuses(self, user: str | None) -> bool:
        return self.refusals is not None and self.refusals.next(user)

    @asynccontextmanager
    async def work(self, command: Command, connection: int, rows: Callable[[], int]) -> AsyncIterator[None]:
        """Around the application of a command: waits before it, drops before or after it. Raises `Dropped`."""
        if self.hangs(command, connection):
            await self._released.wait()
            raise Dropped
        await self._take_time(command, connection, rows)
        hit = self._hit(command, connection)
        if hit == "before":
            raise Dropped
        yield
        if hit == "after":
            raise Dropped

    async def _take_time(self, command: Command, connection: int, rows: Callable[[], int]) -> None:
        if self.slow is None or not self.slow.scope.covers(command, connection):
            return
        self._in_work += 1
        try:
            async with self._one_at_a_time:
                if (slow := self.slow) is not None:
                    await asyncio.sleep(slow.seconds(rows(), self._in_work - 1))
        finally:
            self._in_work -= 1

    def _hit(self, command: Command, connection: int) -> str | None:
        """Counts towards the drop that is armed; when it is reached, it is gone, and this says what it does."""
        drop = self.drop
        if drop is None or not drop.scope.covers(command, connection):
            return None
        drop.nth -= 1
        if drop.nth > 0:
            return None
        self.drop = None
        return drop.when

    def release(self) -> None:
        """Lets go of the commands that hang; their connections are over."""
        self._released.set()
        self._released = asyncio.Event()

    def clear(self) -> None:
        """Nothing happens to commands, logins and connections any more. Does not switch the router on."""
        self.hanging = self.slow = self.drop = self.refusals = self.most_sessions = None
        self.release()
