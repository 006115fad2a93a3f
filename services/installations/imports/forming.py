"""From the cells of a row to the form that staff would have filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from chassis.schemas import coded, refused
from services.installations.imports import values
from services.installations.imports.names import PLAN, ROUTER, SECTOR, TECHNICIAN, ZONE, Names
from services.installations.model import Company
from services.installations.model.imports import JOBS, Import
from services.installations.schemas.imports import ImportedForm

Complaints = dict[str, list[dict[str, Any]]]
_TEXTS = (
    "official_id", "email", "address", "neighbourhood", "city", "postal_code", "comments", "wifi_ssid",
    "wifi_password", "former_number",
)  # fmt: skip
# What the form calls what a file has under another name.
COLUMN_OF = {
    "zone_id": "zone", "router_id": "router", "plan_id": "plan", "technician_id": "technician", "sector_id": "sector",
    "installation_cost_minor": "installation_cost",
}  # fmt: skip
_OF_ZONE = ("zone", "router", "plan", "sector", "service_name", "ip_address")
_GONE = ("cancel", "retirad", "baja", "inactiv", "eliminad", "deleted", "terminated", "disconnected")
FORM = ImportedForm()


@dataclass
class Formed:
    """`form` as the gateway would have sent it, as far as it could be read; `row` is what a schema made of it."""

    line: int
    form: dict[str, Any] = field(default_factory=dict)
    complaints: Complaints = field(default_factory=dict)
    warnings: Complaints = field(default_factory=dict)
    loaded: dict[str, Any] | None = None

    def refuse(self, column: str, code: str, **params: Any) -> None:
        self.complaints.setdefault(column, coded(code, **params))

    def load(self) -> None:
        """Fills `loaded`, or tells what the form's own rules say, beside what is told of a column already."""
        try:
            self.loaded = FORM.load(self.form)
        except ValidationError as error:
            for name, complaints in refused(error).fields.items():
                column = COLUMN_OF.get(name, name)
                # What depends on a zone that is not known is not wrong by itself.
                if not (column in _OF_ZONE and {"zone", "router"} & self.complaints.keys()):
                    self.complaints.setdefault(column, complaints)


class Forming:
    """Forms of one import."""

    def __init__(self, imported: Import, company: Company, names: Names) -> None:
        self._import, self._company, self._names = imported, company, names
        self._zone = ZoneInfo(company.time_zone)

    def form(self, line: int, cells: list[str]) -> Formed:
        """Without address and name on the router where the row has none: see `proposing`."""
        formed = Formed(line)
        given = self._given(cells)
        self._person(formed, given)
        self._whereabouts(formed, given)
        self._place(formed, given)
        self._visit(formed, given)
        form = formed.form
        form |= {name: given[name] for name in _TEXTS if name in given}
        if "wifi_password" in given and "wifi_ssid" not in given:
            formed.warnings["wifi_password"] = coded("wifi-network-missing")
        form["ip_address"] = values.address(given["ip_address"]) if "ip_address" in given else None
        form["service_name"] = given.get("service_name")
        form["mac_address"] = values.mac(given["mac_address"]) if "mac_address" in given else None
        self._status(formed, given)
        return formed

    def _given(self, cells: list[str]) -> dict[str, str]:
        given = dict(self._import.defaults)
        for name, number in self._import.columns.items():
            if number < len(cells) and cells[number]:
                given[name] = cells[number]
        return {name: text for name, text in given.items() if text}

    def _person(self, formed: Formed, given: dict[str, str]) -> None:
        form = formed.form
        if "full_name" in given and not ("first_name" in given and "last_name" in given):
            form["first_name"], form["last_name"] = values.names(given["full_name"])
        for name in ("first_name", "last_name"):
            if name in given:
                form[name] = given[name]
        if "phone" in given:
            form["phone"], second = values.phones(given["phone"])
            if second:
                form["second_phone"] = second
        if "second_phone" in given:
            form["second_phone"] = values.phones(given["second_phone"])[0]

    def _whereabouts(self, formed: Formed, given: dict[str, str]) -> None:
        form = formed.form
        if "coordinates" in given:
            found = values.coordinates(given["coordinates"])
            if found is None:
                formed.refuse("coordinates", "invalid-coordinates")
            else:
                form["latitude"], form["longitude"] = found
        for name in ("latitude", "longitude"):
            if name in given:
                form[name] = values.number(given[name])

    def _place(self, formed: Formed, given: dict[str, str]) -> None:
        """The router follows from the zone; a row that names only the router may leave one zone."""
        names, router_id = self._names, None
        self._named(formed, given, "technician", TECHNICIAN, None, "technician_id")
        if "router" in given and "zone" not in given:
            router_id = names.meant(ROUTER, given["router"])
            if router_id is None:
                formed.refuse("router", "name-not-known", name=given["router"])
        zone_id = names.meant(ZONE, given["zone"]) if "zone" in given else None
        if "zone" in given and zone_id is None:
            formed.refuse("zone", "name-not-known", name=given["zone"])
            return
        zone = names.zones.get(zone_id) if zone_id else names.only_zone(router_id)
        if zone is None:
            formed.refuse("zone", "required")
            return
        formed.form |= {"zone_id": str(zone.id), "router_id": str(zone.router_id)}
        self._named(formed, given, "plan", PLAN, zone.router_id, "plan_id")
        self._named(formed, given, "sector", SECTOR, zone.id, "sector_id")

    def _named(self, formed: Formed, given: dict[str, str], column: str, kind: str, within: Any, name: str) -> None:
        if column not in given:
            return
        found = self._names.meant(kind, given[column], within)
        if found is None:
            formed.refuse(column, "name-not-known", name=given[column])
        else:
            formed.form[name] = str(found)

    def _visit(self, formed: Formed, given: dict[str, str]) -> None:
        if "scheduled_at" in given:
            at = values.moment(given["scheduled_at"], self._import.date_order, self._zone)
            if at is None:
                formed.refuse("scheduled_at", "invalid-date")
            formed.form["scheduled_at"] = at
        if "installation_cost" in given:
            cost = values.minor_units(given["installation_cost"], self._company.currency)
            if cost is None:
                formed.refuse("installation_cost", "invalid-money")
            formed.form["installation_cost_minor"] = cost
            if cost and self._import.makes != JOBS:
                formed.warnings["installation_cost"] = coded("cost-is-invoiced")

    def _status(self, formed: Formed, given: dict[str, str]) -> None:
        """Whoever is no client any more is left where they are."""
        if values.plain_name(given.get("status", "")).startswith(_GONE):
            formed.refuse("status", "no-client-any-more", state=given["status"])


def installed_at(imported: Import, scheduled_at: datetime, at: datetime) -> datetime | None:
    """Since when a client is one; None for a job that is still to be done."""
    return None if imported.makes == JOBS else min(scheduled_at, at)
