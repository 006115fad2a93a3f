"""The form of an installation: what is known beforehand, what may be chosen, and what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort, g
from flask_babel import gettext as _

from chassis.errors import Refusal
from chassis.storage.searching import searchable
from gateway import coordinates, formats, uploads, visit_conflicts
from gateway.backends import installations
from gateway.forms import Form
from gateway.parts import part

TEXT_FIELDS = (
    "zone_id", "first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "postal_code",
    "phone", "second_phone", "comments", "service_name", "ip_address", "mac_address",
    "router_id", "plan_id", "technician_id", "sector_id", "wifi_ssid", "wifi_password",
)  # fmt: skip
_OF_THE_PERSON = (
    "first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "postal_code", "phone",
    "second_phone", "mac_address", "wifi_ssid",
)  # fmt: skip
# The form's names where they are not the service's.
_RENAMED = {"installation_cost_minor": "installation_cost", "latitude": "coordinates", "longitude": "coordinates"}


def of_request(form: Form, known: dict[str, Any]) -> None:
    """What the prospect wrote; staff have only to add what they could not know."""
    for name in TEXT_FIELDS:
        if known.get(name):
            form.set(name, known[name])


def of_former(form: Form, known: dict[str, Any]) -> None:
    """Who was a client before and comes back: the person and the place; the service is a new one."""
    for name in _OF_THE_PERSON:
        if known.get(name):
            form.set(name, known[name])
    form.set("coordinates", coordinates.written(known["latitude"], known["longitude"]))


def of_installation(found: dict[str, Any]) -> Form:
    """For editing it."""
    at = datetime.fromisoformat(found["scheduled_at"]).astimezone(formats.time_zone())
    cost = formats.plain_money(found["installation_cost_minor"], found["currency"])
    place = coordinates.written(found["latitude"], found["longitude"])
    return Form({**found, "scheduled_at": f"{at:%Y-%m-%dT%H:%M}", "installation_cost": cost, "coordinates": place})


def likely_zone(known: Mapping[str, Any], zones: Sequence[Mapping[str, Any]]) -> str | None:
    """The one that a former client had, else the one that is called as the neighbourhood is, else the only one."""
    had = [zone["zone_id"] for zone in zones if zone["zone_id"] == known.get("zone_id")]
    place = searchable(known.get("neighbourhood")).strip()
    named = [zone["zone_id"] for zone in zones if place and searchable(zone["name"]).strip() == place]
    only = [zone["zone_id"] for zone in zones] if len(zones) == 1 else []
    return next(iter([*had, *named, *only]), None)


def propose(form: Form, zone_id: str) -> None:
    """The zone, its router, the address that is probably next there, and what installations cost lately."""
    proposal = installations.propose(zone_id)
    form.set("zone_id", zone_id)
    form.set("router_id", proposal["router_id"])
    form.set("ip_address", proposal["ip_address"] or "")
    form.set("free_addresses", proposal.get("others", []))
    if proposal.get("currency") == g.signed_in.company.currency:
        form.set("installation_cost", formats.plain_money(proposal["installation_cost_minor"], proposal["currency"]))


def propose_name(form: Form, zone_id: str) -> None:
    """Out of the person's name, with a number behind it when somebody on the router has it."""
    wanted = wanted_name(form.text("first_name"), form.text("last_name"))
    if wanted:
        checked = part("installations", lambda: installations.check_service(zone_id=zone_id, wanted_name=wanted))
        form.set("service_name", checked.data["free_name"] if checked.data else wanted)


def wanted_name(first_name: str | None, last_name: str | None) -> str | None:
    """María López → maria.lopez; None when there is no letter that routers take."""
    return uploads.plain_name(f"{first_name or ''} {last_name or ''}") or None


def of_router(form: Form, known: Mapping[str, str]) -> None:
    """What a router says of a service that it has already."""
    for name in ("service_name", "ip_address", "mac_address", "plan_id", "comments"):
        if known.get(name):
            form.set(name, known[name])


def choices(form: Form) -> dict[str, list[tuple[Any, ...]]]:
    """The options of its selects. While the service is away: what was chosen, so that it is not lost."""
    zones = _options(form, "zone_id", installations.zones, "name", "router_id")
    if form.text("zone_id") not in [zone[0] for zone in zones]:
        abort(404)
    router_of = {zone[0]: zone[2] for zone in zones}
    form.set("router_id", form.text("router_id") or router_of[form.text("zone_id")])
    technicians = _options(form, "technician_id", installations.technicians, "name")
    if len(technicians) == 1 and not form.text("technician_id"):
        form.set("technician_id", technicians[0][0])
    return {
        "zones": zones,
        "routers": _options(form, "router_id", installations.routers, "name", "router_id"),
        "plans": _options(form, "plan_id", lambda: _offered(form), "name", "router_id"),
        "sectors": _options(form, "sector_id", installations.sectors, "name", "zone_id"),
        "technicians": technicians,
    }


def send(form: Form, tell: Callable[[dict[str, Any]], Any]) -> Any | None:
    """What the service saved, or None with everything that is wrong said beside its field."""
    try:
        return tell(_read(form))
    except Refusal as refusal:
        if conflicts := visit_conflicts.of(refusal):
            form.set("conflicts", conflicts)
            form.add_error("scheduled_at", "conflicts-not-accepted")
        else:
            form.refuse(refusal, renamed=_RENAMED)
        return None


def _options(form: Form, field: str, ask: Callable[[], list[Any]], *names: str) -> list[tuple[Any, ...]]:
    rows = part("installations", ask)
    if rows.away:
        chosen = form.text(field)
        return [(chosen, _("(lo elegido)"), *(form.text(name) for name in names[1:]))] if chosen else []
    return formats.choices(rows.data, field, *names)


def _offered(form: Form) -> list[Any]:
    """With what each costs, which is half of what is asked on the telephone."""
    offered = [plan for plan in installations.plans() if plan["active"] or plan["plan_id"] == form.text("plan_id")]
    return [plan | {"name": _with_price(plan)} for plan in offered]


def _with_price(plan: dict[str, Any]) -> str:
    return f"{plan['name']} · {formats.money(plan['price_minor'], plan['currency'])}"


def _read(form: Form) -> dict[str, Any]:
    """As the service takes it. What is no money and no time goes as None, which it refuses with all the rest."""
    data: dict[str, Any] = {name: form.text(name) for name in TEXT_FIELDS}
    data["wifi_password"] = form.value_of("wifi_password") or None
    cost = formats.minor_units(str(form.value_of("installation_cost")), g.signed_in.company.currency)
    if cost is None and form.text("installation_cost"):
        form.add_error("installation_cost", "invalid-money")
    minutes = form.text("duration_minutes")
    return (
        data
        | _place(form)
        | {
            "installation_cost_minor": cost,
            "scheduled_at": _moment(form),
            # What is no number is refused by the service, as everything else.
            "duration_minutes": int(minutes) if minutes and minutes.isdecimal() else minutes,
            "begun": bool(form.text("begun")),
            "despite": visit_conflicts.accepted(form),
        }
    )


def _place(form: Form) -> dict[str, Any]:
    """What is not understood goes as it was typed, for the service to refuse it with all the rest."""
    typed = form.text("coordinates")
    if typed is None:
        return {"latitude": None, "longitude": None}
    try:
        latitude, longitude = coordinates.read(typed)
    except coordinates.NotCoordinates as wrong:
        form.add_error("coordinates", wrong.code)
        return {"latitude": typed, "longitude": typed}
    form.set("coordinates", coordinates.written(latitude, longitude))
    return {"latitude": str(latitude), "longitude": str(longitude)}


def _moment(form: Form) -> str | None:
    """Typed in the company's time zone."""
    typed = form.text("scheduled_at")
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=formats.time_zone()).isoformat() if typed else None
    except ValueError:
        form.add_error("scheduled_at", "invalid-time")
        return None
