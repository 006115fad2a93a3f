"""INS-1: coordinates are understood as people have them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.coordinates import NotCoordinates, read

HERE = (Decimal("19.432608"), Decimal("-99.133209"))


@pytest.mark.parametrize(
    "text",
    [
        "19.432608, -99.133209",
        " 19.432608 -99.133209 ",
        "(19.432608,-99.133209)",
        "19,432608; -99,133209",
        "geo:19.432608,-99.133209?z=17",
        """19°25'57.3888"N 99°07'59.5524"W""",
        "19° 25′ 57.3888″ N, 99° 7′ 59.5524″ O",
        "https://www.google.com/maps/place/Casa/@19.1,-99.1,17z/data=!3m1!4b1!4m6!3m5!8m2!3d19.432608!4d-99.133209",
        "https://www.google.com/maps/@19.432608,-99.133209,15z",
        "https://maps.google.com/?q=19.432608,-99.133209",
        "https://www.google.com/maps/search/?api=1&query=19.432608%2C-99.133209",
        "https://www.google.com/maps/search/19.432608,+-99.133209?entry=tts",
        "https://www.google.com/maps/dir/?api=1&destination=19.432608,-99.133209",
        "https://www.openstreetmap.org/?mlat=19.432608&mlon=-99.133209#map=17/19.5/-99.5",
        "https://www.openstreetmap.org/#map=17/19.432608/-99.133209",
        "https://waze.com/ul?ll=19.432608,-99.133209&navigate=yes",
        "https://maps.apple.com/?ll=19.432608,-99.133209",
    ],
)
def test_ins_1_a_place_is_understood_however_it_comes(text: str) -> None:
    assert read(text) == HERE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://maps.app.goo.gl/abcDEF", "coordinates-short-link"),
        ("Calle Juárez 12", "coordinates-not-understood"),
        ("19.43", "coordinates-not-understood"),
        ("19,43, 99,13, 4", "coordinates-not-understood"),
        ("https://www.google.com/maps/place/Centro", "coordinates-not-understood"),
        ("99.5, -99.1", "coordinates-off-the-globe"),
        ("19.5, -199.1", "coordinates-off-the-globe"),
    ],
)
def test_ins_1_what_is_no_place_is_refused_with_what_to_do(text: str, code: str) -> None:
    with pytest.raises(NotCoordinates) as refused:
        read(text)
    assert refused.value.code == code
