"""How far apart two places are, and how long the way takes, guessed without a map of roads."""

from __future__ import annotations

from math import asin, ceil, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""

DETOUR = 1.3
"""Roads are longer than the straight line by about this much: in towns 1.2 to 1.4 are measured."""
KM_PER_HOUR = 30
"""With parking and looking for the house."""


class Place(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


def kilometres(one: Place, other: Place) -> float:
    """As the crow flies (haversine)."""
    rise, turn = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    chord = sin(rise / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(turn / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))


def minutes_between(one: Place | None, other: Place | None) -> int:
    """By road, whole minutes; 0 when one of the places is not known."""
    if one is None or other is None:
        return 0
    return ceil(kilometres(one, other) * DETOUR / KM_PER_HOUR * 60)
