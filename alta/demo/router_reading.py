"""Looking into a router with a client that has nothing to do with Alta: librouteros."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

import librouteros

MENUS = {"pppoe": ("ppp", "secret"), "simple_queue": ("queue", "simple")}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RouterAccess:
    host: str
    port: int
    user: str
    password: str

    def connect(self) -> librouteros.api.Api:
        """Logged in; the caller closes it."""
        return librouteros.connect(
            host=self.host, port=self.port, username=self.user, password=self.password, timeout=10
        )

    def entries(self, mode: str, name: str) -> list[dict[str, Any]]:
        """The rows of that name in the menu where this mode keeps its clients."""
        with contextlib.closing(self.connect()) as api:
            return [row for row in api.path(*MENUS[mode]) if row.get("name") == name]
