"""INS-12: what a router said of a client's service, as its page shows it, read from the timeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _

from gateway.model import TimelineEntry

TITLES = {
    "present": _("Está en el router"),
    "enabled": _("Habilitado"),
    "speed": _("Velocidad"),
    "session": _("Sesión del cliente"),
    "traffic": _("Tráfico"),
}
_TOLD_BY = ("ServiceProvisioned", "ServiceVerified")


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """`checks`: `{check, ok, code, params}`; `ok` is None for what has not happened yet."""

    at: datetime | str
    checks: list[dict[str, Any]]

    @property
    def wrong(self) -> bool:
        return any(check["ok"] is False for check in self.checks)

    @property
    def complete(self) -> bool:
        """Nothing is wrong, and nothing is waited for."""
        return all(check["ok"] for check in self.checks)


def read(entries: Sequence[TimelineEntry]) -> Proof | None:
    """The newest; None when no router has said anything yet."""
    newest = next((e for e in reversed(entries) if e.type in _TOLD_BY and e.data.get("checks")), None)
    return Proof(newest.data["verified_at"], newest.data["checks"]) if newest else None


def title(check: str) -> str:
    return str(TITLES.get(check, check))
