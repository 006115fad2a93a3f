"""Ways to a client: by road, by phone, by message."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode

from chassis import phones


def dialled(phone: str) -> str:
    """For a `tel:` link: digits, and the plus of an international number."""
    return ("+" if phone.strip().startswith("+") else "") + re.sub(r"\D", "", phone)


def message_address(phone: str, locale: str, text: str) -> str | None:
    """A WhatsApp conversation; None for what is no telephone's number in the company's country or anywhere.

    Source: WhatsApp's help, "How to use click to chat": digits with the country's code, without plus and zeros.
    """
    number = phones.e164(phone, locale.partition("_")[2])
    return f"https://wa.me/{number.lstrip('+')}?{urlencode({'text': text}, quote_via=quote)}" if number else None


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
