"""Coordinates as people have them: typed, read off a phone, or as a link that somebody sent."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

_NUMBER = r"([-+]?\d{1,3}(?:\.\d+)?)"
_WITH_COMMAS = r"([-+]?\d{1,3},\d+)"
_PLAIN = (
    re.compile(rf"(?:geo:)?\(?{_NUMBER}(?:\s*[,;]\s*|\s+){_NUMBER}\)?(?:[;?].*)?"),
    re.compile(rf"{_WITH_COMMAS}(?:\s*;\s*|\s+){_WITH_COMMAS}"),
)
_DEGREES = re.compile(r"(\d{1,3})\s*°\s*(\d{1,2})\s*['′’]\s*([\d.,]+)\s*(?:\"|″|”|'')?\s*([NSEWO])", re.IGNORECASE)
# Where links have them: the place that was marked before the middle of what was on the screen.
# Google Maps, OpenStreetMap, Waze, Apple, Bing.
_PAIR = r"(-?\d{1,3}\.\d+)\s*[,~]\s*\+?(-?\d{1,3}\.\d+)"
_IN_LINKS = (
    re.compile(r"!3d(-?\d{1,3}\.\d+)!4d(-?\d{1,3}\.\d+)"),
    re.compile(r"[?&]mlat=(-?\d{1,3}\.\d+)&mlon=(-?\d{1,3}\.\d+)"),
    re.compile(rf"[?&](?:q|query|ll|destination|daddr|center|cp|coordinate|to)=(?:loc:|ll\.)?{_PAIR}"),
    re.compile(rf"/(?:search|place|dir)/(?:[^@]*/)?\+?{_PAIR}"),
    re.compile(rf"@{_PAIR}"),
    re.compile(r"#map=\d+/(-?\d{1,3}\.\d+)/(-?\d{1,3}\.\d+)"),
)
# What only the service that made it can open.
_SHORT = re.compile(r"https?://(?:maps\.app\.goo\.gl|goo\.gl|g\.co|bit\.ly)/", re.IGNORECASE)
_TENTH_OF_A_METRE = Decimal("0.000001")


class NotCoordinates(ValueError):
    """`code` says why, as `gateway.messages` knows it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(text: str) -> tuple[Decimal, Decimal]:
    """Latitude and longitude in degrees, to a tenth of a metre. Raises `NotCoordinates`."""
    text = text.strip()
    found = _link(text) if "://" in text else _plain(text) or _degrees(text)
    if found is None:
        raise NotCoordinates("coordinates-short-link" if _SHORT.match(text) else "coordinates-not-understood")
    latitude, longitude = (value.quantize(_TENTH_OF_A_METRE) for value in found)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise NotCoordinates("coordinates-off-the-globe")
    return latitude, longitude


def written(latitude: Any, longitude: Any) -> str:
    """As the form shows them; empty without."""
    return "" if latitude in (None, "") or longitude in (None, "") else f"{latitude}, {longitude}"


def _plain(text: str) -> tuple[Decimal, Decimal] | None:
    """`19.43, -99.13`, `19,43; -99,13`, `geo:19.43,-99.13`."""
    found = next((found for pattern in _PLAIN if (found := pattern.fullmatch(text))), None)
    return (_number(found[1]), _number(found[2])) if found else None


def _degrees(text: str) -> tuple[Decimal, Decimal] | None:
    """`19°25'57.4"N 99°07'59.6"W`, the west also as Spanish has it: O."""
    found = _DEGREES.findall(text)
    if len(found) != 2 or found[0][3].upper() not in "NS" or found[1][3].upper() not in "EWO":
        return None
    latitude, longitude = (
        (_number(degrees) + _number(minutes) / 60 + _number(seconds) / 3600) * (-1 if side.upper() in "SWO" else 1)
        for degrees, minutes, seconds, side in found
    )
    return latitude, longitude


def _link(text: str) -> tuple[Decimal, Decimal] | None:
    plain = unquote(text)
    found = next((found for pattern in _IN_LINKS if (found := pattern.search(plain))), None)
    return (Decimal(found[1]), Decimal(found[2])) if found else None


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
