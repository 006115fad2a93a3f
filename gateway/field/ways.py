"""Ways to a client: by road, by phone, by message."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode

# What is dialled before a number of the country: ITU-T E.164.
CALLING_CODES = {
    "AR": "54", "BO": "591", "BR": "55", "CL": "56", "CO": "57", "CR": "506", "CU": "53", "DO": "1", "EC": "593",
    "ES": "34", "GT": "502", "HN": "504", "MX": "52", "NI": "505", "PA": "507", "PE": "51", "PR": "1", "PY": "595",
    "SV": "503", "US": "1", "UY": "598", "VE": "58",
}  # fmt: skip


def dialled(phone: str) -> str:
    """For a `tel:` link: digits, and the plus of an international number."""
    return ("+" if phone.strip().startswith("+") else "") + re.sub(r"\D", "", phone)


def message_address(phone: str, locale: str, text: str) -> str | None:
    """A WhatsApp conversation; None when nobody can tell which country's number it is.

    Source: WhatsApp's help, "How to use click to chat": digits with the country's code, without plus and zeros.
    """
    number = dialled(phone)
    if not number.startswith("+"):
        code = CALLING_CODES.get(locale.partition("_")[2])
        if code is None:
            return None
        number = code + number.lstrip("0")
    return f"https://wa.me/{number.lstrip('+')}?{urlencode({'text': text}, quote_via=quote)}"


def roads(found: dict[str, Any]) -> list[tuple[str, str]]:
    """How to get there, as (name, address): by the place where it is known, else by its postal address."""
    place = f"{found['latitude']},{found['longitude']}" if found["latitude"] else None
    written = ", ".join(part for part in (found["address"], found["neighbourhood"], found["city"]) if part)
    wanted = place or written
    google = urlencode({"api": 1, "destination": wanted})
    # RFC 5870, and Android's `q` for a pin with a name.
    geo = f"geo:{place}?q={place}({quote(found['last_name'])})" if place else f"geo:0,0?q={quote(written)}"
    osm = urlencode({"mlat": found["latitude"], "mlon": found["longitude"]}) if place else urlencode({"query": written})
    return [
        ("geo", geo),
        ("Google Maps", f"https://www.google.com/maps/dir/?{google}"),
        ("OpenStreetMap", f"https://www.openstreetmap.org/{'' if place else 'search'}?{osm}"),
    ]
