"""Pictures for the story: photographs of papers and a signature, drawn here so that none is shipped.

Source: PNG specification, second edition (chunks IHDR, IDAT, IEND; filter type 0).
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Callable

Shade = Callable[[int, int], int]
"""The grey value, 0 to 255, at a column and a row."""


def photograph(seed: int, *, width: int = 640, height: int = 400) -> bytes:
    """Something like a card on a table: a PNG image, another one for each seed."""

    def shade(x: int, y: int) -> int:
        inside = 40 < x < width - 40 and 40 < y < height - 40
        line = inside and x > width // 3 and (y // 14) % 3 == 0 and (x * 31 + y // 14 * 97 + seed * 13) % 29 > 6
        texture = (x * 7 + y * 13 + seed * 31) % 23
        return 40 + texture if line else (205 + texture if inside else 110 + texture)

    return png(width, height, shade)


def signature(name: str, *, width: int = 480, height: int = 160) -> str:
    """A pen stroke that depends on the name, as the data URL that a signature pad makes."""
    letters = [ord(letter) for letter in name] or [1]
    stroke = {_point(step, letters, width, height) for step in range(width * 6)}

    def shade(x: int, y: int) -> int:
        return 20 if stroke & {(x, y), (x, y - 1), (x - 1, y)} else 255

    return "data:image/png;base64," + base64.b64encode(png(width, height, shade)).decode()


def png(width: int, height: int, shade: Shade) -> bytes:
    rows = b"".join(b"\0" + bytes(shade(x, y) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _point(step: int, letters: list[int], width: int, height: int) -> tuple[int, int]:
    along = step / (width * 6)
    letter = letters[int(along * len(letters)) % len(letters)]
    swing = math.sin(along * len(letters) * 6.28) * 0.3 + math.sin(along * letter) * 0.1
    return int(20 + along * (width - 40)), int(height * (0.5 + swing))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
