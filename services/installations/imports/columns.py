"""What a column may hold, and which one it probably holds by its heading.

Headings are known in Spanish and English, among them those of exports from WispHub, Splynx and others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chassis.storage.searching import searchable

# By field, its best known headings first; all in the form of `_words`.
HEADINGS: dict[str, tuple[str, ...]] = {
    "former_number": (
        "id servicio", "id cliente", "no cliente", "num cliente", "numero de cliente", "numero cliente",
        "codigo cliente", "codigo", "n cliente", "client number", "client id", "customer id", "account number",
        "service id", "id",
    ),
    "full_name": (
        "nombre completo", "nombre cliente", "nombre del cliente", "nombre y apellido", "nombre y apellidos",
        "nombres y apellidos", "cliente", "razon social", "titular", "full name", "customer name", "client name",
        "customer", "client", "subscriber",
    ),
    "first_name": ("nombre", "nombres", "primer nombre", "first name", "firstname", "given name", "name"),
    "last_name": (
        "apellido", "apellidos", "primer apellido", "last name", "lastname", "surname", "family name",
    ),
    "official_id": (
        "cedula", "rfc", "dni", "curp", "identificacion", "identificacion oficial", "numero de identificacion",
        "documento", "nit", "ruc", "rut", "cuit", "no identificacion", "official id", "id number", "national id",
        "document", "passport", "vat id", "tax id",
    ),
    "email": ("email", "correo", "correo electronico", "e mail", "mail", "email address", "billing email"),
    "address": (
        "direccion", "direccion del servicio", "domicilio", "calle", "calle y numero", "address", "street",
        "street 1", "service address", "street address",
    ),
    "neighbourhood": ("localidad", "colonia", "barrio", "sector barrio", "neighbourhood", "neighborhood", "district"),
    "city": ("ciudad", "municipio", "poblacion", "city", "town"),
    "postal_code": ("codigo postal", "cp", "c p", "zip code", "zip", "postal code", "postcode"),
    "phone": (
        "telefono", "telefono 1", "telefonos", "celular", "movil", "telefono movil", "telefono celular", "whatsapp",
        "phone", "phone number", "mobile", "mobile phone", "cell phone", "telephone",
    ),
    "second_phone": (
        "telefono 2", "telefono adicional", "segundo telefono", "otro telefono", "telefono fijo", "second phone",
        "phone 2", "alternate phone", "other phone", "home phone",
    ),
    "coordinates": ("coordenadas", "gps", "geo", "ubicacion gps", "coordinates", "geolocation", "lat lng", "geo data"),
    "latitude": ("latitud", "lat", "latitude"),
    "longitude": ("longitud", "lng", "lon", "long", "longitude"),
    "scheduled_at": (
        "fecha instalacion", "fecha de instalacion", "fecha alta", "fecha de alta", "instalado", "fecha",
        "fecha registro", "install date", "installation date", "date added", "activation date", "start date",
        "installed on", "installed", "date",
    ),
    "installation_cost": (
        "costo instalacion", "costo de instalacion", "costo", "precio instalacion", "installation cost",
        "installation fee", "install fee", "setup fee",
    ),
    "service_name": (
        "servicio", "usuario rb", "cliente rb", "nombre en el router", "nombre en router", "usuario pppoe",
        "usuario hotspot", "usuario", "secret", "queue", "nombre queue", "nombre simple queue", "simple queue",
        "nombre simple queue secrets users hotspot", "login", "portal login", "username", "user",
        "pppoe username", "service login", "service name", "name on router",
    ),
    "ip_address": ("ip", "ip servicio", "direccion ip", "ip cliente", "ipv4", "ip address", "ip addresses", "ips"),
    "mac_address": (
        "mac cpe", "mac", "mac antena", "direccion mac", "mac address", "macs", "cpe mac",
    ),
    "zone": ("zona", "zona instalacion", "zone", "location", "area", "partner"),
    "router": ("router", "mikrotik", "servidor", "nas", "nodo", "router name", "server"),
    "plan": (
        "plan internet", "plan de internet", "plan", "paquete", "perfil", "tarifa", "internet plan", "internet plans",
        "internet tariff", "internet tariffs", "tariff", "tariffs", "package", "profile",
    ),
    "technician": ("tecnico", "instalador", "technician", "installer", "instalado por"),
    "sector": ("sectorial", "sector", "antena", "access point", "ap", "access device", "access devices", "torre"),
    "wifi_ssid": ("ssid router wifi", "ssid", "red wifi", "nombre wifi", "wifi", "wifi name", "wifi ssid"),
    "wifi_password": (
        "password ssid router wifi", "password wifi", "clave wifi", "contrasena wifi", "contrasena ssid",
        "wifi password", "wifi key",
    ),
    "status": ("estado", "estado servicio", "estatus", "status", "state"),
    "comments": (
        "comentarios", "comentario", "observaciones", "notas", "nota", "informacion adicional", "comments", "notes",
        "remarks", "comment",
    ),
}  # fmt: skip
FIELDS = tuple(HEADINGS)
NAMED = ("zone", "router", "plan", "technician", "sector")


def proposed(headings: Sequence[str]) -> dict[str, int]:
    """The number of each field's column: by a heading that is known, else by one that begins with one that is."""
    words = [_words(heading) for heading in headings]
    found: dict[str, int] = {}
    for alike in (_same, _begins):
        for field, known in HEADINGS.items():
            if field not in found and (number := _first(words, known, alike, set(found.values()))) is not None:
                found[field] = number
    if "first_name" in found and "last_name" not in found and "full_name" not in found:
        found["full_name"] = found.pop("first_name")
    if "full_name" in found and "first_name" in found and "last_name" in found:
        del found["full_name"]
    return found


def of_layout(headings: Sequence[str], wanted: dict[str, str]) -> dict[str, int] | None:
    """The same by the headings of a layout that was kept; None unless all of them are there."""
    numbers = {_words(heading): number for number, heading in reversed(list(enumerate(headings)))}
    found = {field: numbers.get(_words(heading)) for field, heading in wanted.items()}
    return None if None in found.values() else {field: number for field, number in found.items() if number is not None}


def _first(words: list[str], known: tuple[str, ...], alike, taken: set[int]) -> int | None:
    for each in known:
        for number, heading in enumerate(words):
            if number not in taken and heading and alike(heading, each):
                return number
    return None


def _same(heading: str, known: str) -> bool:
    return heading == known


def _begins(heading: str, known: str) -> bool:
    return len(known) > 3 and heading.startswith(f"{known} ")


def _words(heading: str) -> str:
    """Lower case, without accents and signs: "E-mail" and "e_mail" are the same."""
    return re.sub(r"[^a-z0-9]+", " ", searchable(heading)).strip()
