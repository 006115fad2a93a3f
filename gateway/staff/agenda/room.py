"""Where the agenda's pages are, and what they all ask of an address: which days, of whom."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, g, request

from gateway import formats
from gateway.model import TECHNICIAN

blueprint = Blueprint("agenda", __name__, url_prefix="/agenda")

DAY, WEEK, MONTH = "day", "week", "month"
VIEWS = (DAY, WEEK, MONTH)
# What the agenda shows without being asked for a state; "late" and "done" follow from it.
STATES = ("new", "in_progress", "activating", "active")


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `day` is in the middle of it; days are the company's."""

    view: str
    day: date
    technician_id: str | None
    zone_id: str | None
    state: str | None

    @property
    def first_on(self) -> date:
        if self.view == MONTH:
            return self.day.replace(day=1)
        return self.day - timedelta(days=self.day.weekday()) if self.view == WEEK else self.day

    @property
    def last_on(self) -> date:
        return self.following - timedelta(days=1)

    @property
    def following(self) -> date:
        if self.view == MONTH:
            return (self.first_on + timedelta(days=31)).replace(day=1)
        return self.first_on + timedelta(days=7 if self.view == WEEK else 1)

    @property
    def previous(self) -> date:
        return (self.first_on - timedelta(days=1)).replace(day=1) if self.view == MONTH else self._back()

    def _back(self) -> date:
        return self.first_on - timedelta(days=7 if self.view == WEEK else 1)

    @property
    def day_before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def day_after(self) -> date:
        return self.day + timedelta(days=1)

    @property
    def filters(self) -> dict[str, Any]:
        return {"technician_id": self.technician_id, "zone_id": self.zone_id}

    @property
    def states(self) -> list[str] | None:
        return [self.state] if self.state else None


def asked() -> Asked:
    """What is not understood is as if it had not been asked. Technicians begin with their own work."""
    view = request.args.get("view")
    own = str(g.signed_in.account.id) if g.signed_in.account.role == TECHNICIAN else None
    return Asked(
        view=view if view in VIEWS else WEEK,
        day=day_of(request.args.get("day")) or today(),
        technician_id=request.args.get("technician_id", own) or None,
        zone_id=request.args.get("zone_id") or None,
        state=request.args.get("state") if request.args.get("state") in STATES else None,
    )


def day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def today() -> date:
    return g.at.astimezone(formats.time_zone()).date()


def moment_of(wall: str | None) -> datetime | None:
    """What the clock on the company's wall shows, as 2026-11-27T10:00; None for what is no time."""
    try:
        return datetime.fromisoformat(wall or "").replace(tzinfo=formats.time_zone())
    except ValueError:
        return None
