"""Imports in words: what each column may hold, and why a row stays out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from gateway import messages

# In groups, as the page that maps columns shows them; what an installation is never without has a star.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _("Persona"),
        ("full_name", "first_name", "last_name", "official_id", "phone", "second_phone", "email", "former_number"),
    ),
    (_("Domicilio"), ("address", "neighbourhood", "city", "postal_code", "coordinates", "latitude", "longitude")),
    (_("Servicio"), ("zone", "router", "plan", "service_name", "ip_address", "mac_address", "sector")),
    (
        _("Instalación"),
        ("scheduled_at", "technician", "installation_cost", "comments", "status", "wifi_ssid", "wifi_password"),
    ),
)
FIELDS: dict[str, Any] = {
    "former_number": _("Número de cliente anterior"),
    "full_name": _("Nombre completo"),
    "first_name": _("Nombre(s)"),
    "last_name": _("Apellidos"),
    "official_id": _("Identificación oficial"),
    "email": _("Correo electrónico"),
    "address": _("Dirección"),
    "neighbourhood": _("Barrio o localidad"),
    "city": _("Ciudad o municipio"),
    "postal_code": _("Código postal"),
    "phone": _("Teléfono celular"),
    "second_phone": _("Otro teléfono"),
    "coordinates": _("Coordenadas"),
    "latitude": _("Latitud"),
    "longitude": _("Longitud"),
    "scheduled_at": _("Fecha de instalación"),
    "installation_cost": _("Costo de instalación"),
    "service_name": _("Nombre en el router"),
    "ip_address": _("Dirección IP"),
    "mac_address": _("MAC del CPE"),
    "zone": _("Zona"),
    "router": _("Router"),
    "plan": _("Plan de internet"),
    "technician": _("Técnico"),
    "sector": _("Sectorial"),
    "wifi_ssid": _("Red Wi-Fi"),
    "wifi_password": _("Contraseña del Wi-Fi"),
    "status": _("Estado"),
    "comments": _("Comentarios"),
    "installation": _("Instalación"),
}
NEEDED = frozenset({"address", "phone", "plan", "technician", "scheduled_at", "installation_cost"})
HINTS: dict[str, Any] = {
    "full_name": _("Si el archivo no separa nombre y apellidos"),
    "router": _("Si el archivo no tiene zona"),
    "service_name": _("Sin columna: se forma con el nombre"),
    "ip_address": _("Sin columna: la siguiente libre del pool"),
    "zone": _("Sin columna: la única que haya"),
    "status": _("Quien está de baja no se importa"),
}
ENCODINGS = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252", "latin-1": "ISO-8859-1",
}  # fmt: skip
SEPARATORS: dict[str, Any] = {
    ",": _("separado por comas"),
    ";": _("separado por punto y coma"),
    "\t": _("separado por tabuladores"),
    "|": _("separado por barras"),
}
MAKES: dict[str, tuple[Any, Any]] = {
    "jobs": (
        _("Instalaciones por hacer"),
        _("Entran a la agenda; los routers no se tocan."),
    ),
    "on_routers": (
        _("Clientes que ya están en sus routers"),
        _("Al terminar revisas lo que hay en cada router y lo tomas, sin cortar a nadie."),
    ),
    "to_routers": (
        _("Clientes que hay que escribir en los routers"),
        _("Alta crea el servicio de cada uno en su router y lo comprueba."),
    ),
}
KINDS: dict[str, Any] = {
    "zone": _("Zona"),
    "router": _("Router"),
    "plan": _("Plan de internet"),
    "technician": _("Técnico"),
    "sector": _("Sectorial"),
}
MOST_ROWS = 50_000
"""The service refuses files that have more."""
_SPEEDS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:m(?:b|bps|egas?)?\s*)?(?:/\s*(\d+(?:\.\d+)?))?\s*(?:m\b|mb|mega)", re.IGNORECASE
)


def field_name(name: str) -> str:
    return str(FIELDS.get(name, name))


def reasons(complaints: Mapping[str, list[Any]] | None) -> list[tuple[str, str]]:
    """Of each field that is wrong its name, and why."""
    return [
        (field_name(name), " ".join(messages.text_of(each["code"], each.get("params", {})) for each in said))
        for name, said in (complaints or {}).items()
    ]


def all_reasons(row: Mapping[str, Any]) -> str:
    """In one cell."""
    said = [*reasons(row["complaints"]), *reasons(row["warnings"])]
    return "; ".join(f"{name}: {why}" for name, why in said)


def column_name(number: int) -> str:
    """As spreadsheets call it: A, B, ... Z, AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def speeds_in(name: str) -> tuple[str, str] | None:
    """What a plan's name says of its speeds in Mbps, down and up: "20M", "Plan 50/10 Megas"."""
    found = _SPEEDS.search(name)
    return (found[1], found[2] or found[1]) if found else None
