"""Names of zones, routers, plans, technicians and sectors in a file, and which of the company's they mean."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.storage.searching import searchable
from services.installations.model import Plan, Router, Sector, Staff, Zone
from services.installations.model.imports import Import

ZONE, ROUTER, PLAN, TECHNICIAN, SECTOR = "zone", "router", "plan", "technician", "sector"


class Names:
    """By what people call them. A plan is looked for on a router, a sector in a zone: that is its `within`.

    `unknown` counts the rows of each kind, within and name that nothing is known of.
    """

    def __init__(self, session: Session, imported: Import) -> None:
        self._chosen = imported.choices
        self.unknown: Counter[tuple[str, str, str]] = Counter()
        self.zones = {zone.id: zone for zone in session.scalars(select(Zone))}
        plans = [plan for plan in session.scalars(select(Plan)) if plan.active]
        staff = [person for person in session.scalars(select(Staff)) if person.may_install]
        self._known: dict[str, dict[tuple[str, str], UUID]] = {
            ZONE: {("", plain(zone.name)): zone.id for zone in self.zones.values()},
            ROUTER: {("", plain(router.name)): router.id for router in session.scalars(select(Router))},
            PLAN: {(str(plan.router_id), plain(plan.name)): plan.id for plan in plans},
            TECHNICIAN: {("", plain(person.name)): person.id for person in staff},
            SECTOR: {(str(each.zone_id), plain(each.name)): each.id for each in session.scalars(select(Sector))},
        }

    def meant(self, kind: str, name: str, within: UUID | None = None) -> UUID | None:
        """None for one that is not known, which is counted."""
        key = (str(within or ""), plain(name))
        chosen = self._chosen.get(kind, {}).get("/".join(key))
        found = UUID(chosen) if chosen else self._known[kind].get(key)
        if found is None:
            self.unknown[kind, key[0], name.strip()[:120]] += 1
        return found

    def only_zone(self, router_id: UUID | None) -> Zone | None:
        """The one that a row can only be of, when it names none."""
        zones = [zone for zone in self.zones.values() if router_id in (None, zone.router_id)]
        return zones[0] if len(zones) == 1 else None

    def missing(self) -> list[dict[str, Any]]:
        """What is unknown, most rows first, each with what it is most like."""
        merged: dict[tuple[str, str, str], dict[str, Any]] = {}
        for (kind, within, name), count in self.unknown.most_common():
            row = {"kind": kind, "within": within, "name": name, "rows": 0, "like": self._like(kind, within, name)}
            merged.setdefault((kind, within, plain(name)), row)["rows"] += count
        return list(merged.values())[:200]

    def _like(self, kind: str, within: str, name: str) -> str | None:
        here = {key: id for (where, key), id in self._known[kind].items() if where == within}
        close = difflib.get_close_matches(plain(name), here, n=1, cutoff=0.75)
        return str(here[close[0]]) if close else None


def plain(name: str) -> str:
    return " ".join(searchable(name).split())
