"""Names of the zones, routers, plans and people that an audited change points at by their identifiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.backends import installations
from gateway.parts import part

_SAME_AS = {"from_plan_id": "plan_id", "to_plan_id": "plan_id"}
_LISTS: dict[str, Callable[[], list[Any]]] = {
    "zone_id": installations.zones,
    "router_id": installations.routers,
    "plan_id": installations.plans,
    "sector_id": installations.sectors,
    "technician_id": installations.technicians,
}


class Names:
    """Of one page: each list is asked for once, when the first of its names is wanted."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def of(self, field: str, identifier: Any) -> Any:
        """The identifier itself where nobody knows a name: of what is no list, was removed, or while it is away."""
        field = _SAME_AS.get(field, field)
        if field not in _LISTS:
            return identifier
        if field not in self._known:
            rows = part("installations", _LISTS[field]).data or []
            self._known[field] = {row[field]: row["name"] for row in rows}
        return self._known[field].get(str(identifier), identifier)
