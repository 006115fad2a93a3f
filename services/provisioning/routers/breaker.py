"""Routers that do not answer: work for them fails at once instead of waiting for each in turn.

Without it every job of a dead router takes the whole patience of a connection, and where many routers are
off at once (a power cut) nothing is left for those that work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chassis.errors import Transient
from services.provisioning.routers.failures import SILENT

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds; from the second failure in a row on, and doubled with each. A job's own attempts are further apart."""


@dataclass
class _Silence:
    code: str
    failures: int
    until: float


class Breaker:
    """One for a process: replicas find out for themselves."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._silent: dict[Hashable, _Silence] = {}

    @contextmanager
    def watching(self, router: Hashable, *, waited_for: bool) -> Iterator[None]:
        """Raises `Transient` at once while the router is known to be silent, unless somebody waits at a screen."""
        known = self._silent.get(router)
        if known is not None and not waited_for and self._now() < known.until:
            raise Transient(known.code)
        try:
            yield
        except Exception as failure:
            if isinstance(failure, Transient) and failure.code in SILENT:
                self._note(router, failure.code)
            else:
                self._silent.pop(router, None)
            raise
        else:
            self._silent.pop(router, None)

    def _note(self, router: Hashable, code: str) -> None:
        failures = self._silent[router].failures + 1 if router in self._silent else 1
        pause = min(FIRST_PAUSE * 2.0 ** (failures - 2), LONGEST_PAUSE) if failures > 1 else 0.0
        self._silent[router] = _Silence(code, min(failures, 10), self._now() + pause)
