"""Two people with the same installation open: what each changed, and what becomes of it.

The form carries `base`, what it showed when it was opened. What only the other person changed is taken over, what only
this one changed stays, and of what both changed this one says which it shall be: nothing is overwritten unseen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _

from gateway import formats, installation_form
from gateway.backends import installations
from gateway.forms import Form
from gateway.parts import part

LABELS: dict[str, Any] = {
    "first_name": _("Nombre(s)"), "last_name": _("Apellidos"), "phone": _("Teléfono celular"),
    "second_phone": _("Otro teléfono"), "official_id": _("Identificación oficial"),
    "email": _("Correo electrónico"), "address": _("Dirección"), "neighbourhood": _("Barrio o localidad"),
    "city": _("Ciudad o municipio"), "postal_code": _("Código postal"), "comments": _("Comentarios"),
    "coordinates": _("Coordenadas"), "scheduled_at": _("Fecha y hora de instalación"),
    "duration_minutes": _("Duración (minutos)"),
    "installation_cost": _("Costo de instalación"), "technician_id": _("Técnico"), "zone_id": _("Zona"),
    "router_id": _("Router"), "plan_id": _("Plan de internet"), "service_name": _("Nombre en el router"),
    "ip_address": _("IP"), "mac_address": _("MAC del CPE"), "sector_id": _("Sectorial"),
    "wifi_ssid": _("Nombre de la red (SSID)"),
}  # fmt: skip
# The service's columns where the form has other names.
_COLUMNS = {
    "installation_cost_minor": "installation_cost", "latitude": "coordinates", "longitude": "coordinates",
    "sealed_wifi_password": "wifi_password",
}  # fmt: skip
_CHOSEN_FROM = {
    "technician_id": "technicians", "zone_id": "zones", "router_id": "routers", "plan_id": "plans",
    "sector_id": "sectors",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the other person changed, in words. `open`: this one changed it, too, and has to choose."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    value: str
    by: str | None
    at: str | None
    open: bool


def remember(form: Form, found: Mapping[str, Any]) -> None:
    """Puts what is there now beside the form, to compare with later."""
    form.set("base", json.dumps(_values(installation_form.of_installation(dict(found)))))


def merge(form: Form, found: Mapping[str, Any]) -> None:
    """Brings the form to the newest version, with `differences` to show; what both changed is left to be chosen."""
    before, theirs = _base(form), _values(installation_form.of_installation(dict(found)))
    changed = [name for name in LABELS if before.get(name) != theirs[name] and _typed(form, name) != theirs[name]]
    both = {name for name in changed if name not in before or _typed(form, name) != before[name]}
    mine = {name: _typed(form, name) for name in changed}
    for name in changed:
        if name not in both:
            form.set(name, theirs[name])
    _show(form, found, changed, before, mine, both)


def is_decided(form: Form) -> bool:
    """Takes over what was chosen among what both changed; false when something was left open."""
    before, decided = _base(form), True
    for name in request.form.getlist("conflict"):
        chosen = form.text(f"keep-{name}")
        if chosen == "theirs" and name in LABELS:
            form.set(name, before.get(name, ""))
        decided = decided and chosen in ("theirs", "mine")
    return decided


def ask_again(form: Form, found: Mapping[str, Any]) -> None:
    """The same choice once more, when it was not made."""
    names = [name for name in request.form.getlist("conflict") if name in LABELS]
    open_ = {name for name in names if form.text(f"keep-{name}") not in ("theirs", "mine")}
    before = {name: form.text(f"was-{name}") or "" for name in names}
    _show(form, found, names, before, {name: _typed(form, name) for name in names}, open_ or set(names))
    form.add_error("conflict", "choose-what-stays")


def news(changes: Iterable[Mapping[str, Any]], since: str) -> dict[str, Any]:
    """Who saved it since then, and the names of what they changed; for a quiet notice."""
    newer = [change for change in changes if not since or change["at"] >= since]
    fields = [_COLUMNS.get(change["field"], change["field"]) for change in newer]
    words = {name: str(LABELS[name]) for name in fields if name in LABELS}
    first = newer[0] if newer else {"by": None, "at": None}
    return {"by": first["by"], "at": first["at"], "fields": list(words.values())}


# Parts of the above.


def _show(
    form: Form,
    found: Mapping[str, Any],
    names: list[str],
    before: Mapping[str, str],
    mine: Mapping[str, str],
    both: set[str],
) -> None:
    known = part("installations", lambda: installations.last_changes(found["installation_id"]))
    last = {_COLUMNS.get(each["field"], each["field"]): each for each in reversed(known.data or [])}
    theirs, options = _values(installation_form.of_installation(dict(found))), installation_form.choices(form)

    def told(name: str, value: str) -> str:
        return _in_words(name, value, options)

    form.set("version", found["version"])
    remember(form, found)
    form.set(
        "differences",
        [
            Difference(
                name, str(LABELS[name]), told(name, before.get(name, "")), told(name, theirs[name]),
                told(name, mine[name]), theirs[name], last.get(name, {}).get("by"), last.get(name, {}).get("at"),
                name in both,
            )
            for name in names
        ],
    )  # fmt: skip


def _values(form: Form) -> dict[str, str]:
    return {name: _typed(form, name) for name in LABELS}


def _typed(form: Form, name: str) -> str:
    return form.text(name) or ""


def _base(form: Form) -> dict[str, str]:
    """Empty when it is no longer readable: then everything that differs is asked."""
    try:
        known = json.loads(str(form.value_of("base")))
    except ValueError:
        return {}
    return {name: str(value) for name, value in known.items()} if isinstance(known, dict) else {}


def _in_words(name: str, value: str, options: Mapping[str, list[tuple[Any, ...]]]) -> str:
    if name in _CHOSEN_FROM:
        return next((option[1] for option in options[_CHOSEN_FROM[name]] if option[0] == value), value)
    if name == "scheduled_at" and value:
        return formats.local_moment(value)
    return value
