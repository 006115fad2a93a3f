"""A company's colour on its public pages: as it is where it is only seen, deeper where it must be read.

Contrast as WCAG 2.2 defines it (1.4.3): white text on the colour, and the colour as text on white and on the
page's grey, have at least 4.5 to 1.
"""

from __future__ import annotations

import re

Rgb = tuple[float, float, float]
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_READABLE = 4.5
_WHITE, _ROOM = (255.0, 255.0, 255.0), (242.0, 245.0, 249.0)


def is_colour(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def stylesheet(colour: str) -> str:
    """The variables of public.css that follow from the colour."""
    accent = readable(colour)
    deep, pale = _mixed(accent, (0.0, 0.0, 0.0), 0.25), _mixed(accent, _WHITE, 0.9)
    return f":root{{--accent:{_hex(accent)};--accent-deep:{_hex(deep)};--accent-pale:{_hex(pale)};--brand:{colour}}}\n"


def readable(colour: str) -> Rgb:
    """The colour, as much darker as it takes to be read on the page's grey; white then is read on it, too."""
    found = _rgb(colour)
    while contrast(found, _ROOM) < _READABLE:
        found = _mixed(found, (0.0, 0.0, 0.0), 0.04)
    return found


def as_hex(colour: str) -> str:
    """What `readable` makes of it."""
    return _hex(readable(colour))


def contrast(one: Rgb, other: Rgb) -> float:
    """From 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb: Rgb) -> float:
    shares = (value / 255 for value in rgb)
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{int(value):02x}" for value in rgb)
