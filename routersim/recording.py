"""A router that counts what it was asked, and tells when it changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from routersim.replies import Sentences
from routersim.router import Command, Router


class RecordingRouter(Router):
    def __init__(self, *identity: str, on_change: Callable[[], None]) -> None:
        super().__init__(*identity)
        self.commands = 0
        self.logins = 0
        self._on_change = on_change
        self._stirred = asyncio.Event()

    def answer(self, command: Command, user: str) -> Sentences:
        self.commands += 1
        replies = super().answer(command, user)
        if command.changes:
            self.stir()
        return replies

    def may_log_in(self, name: str, password: str) -> bool:
        self.logins += 1
        return super().may_log_in(name, password)

    def restart(self) -> None:
        super().restart()
        self.stir()

    # Telling that something changed.

    def stir(self) -> None:
        """To be called after rows changed, whoever changed them."""
        self._on_change()
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def changed(self, at_most: float) -> None:
        """Waits until something changed, or for `at_most` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), at_most)
