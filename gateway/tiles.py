"""Where maps get their ground from: a tile server of the operator's choice, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

# What may stand in a policy's list of sources: nothing that would end it or begin another.
_ADDRESS = re.compile(r"(https?://(?:\{s\}\.)?[\w.-]+(?::\d+)?)?/[^\s;,'\"<>]*")
_NEEDED = ("{z}", "{x}", "{y}")


class BadTiles(ValueError):
    """`ALTA_TILES_URL` is no address of tiles."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """`url` None: a plain ground. `source` is what img-src must allow, empty for our own address."""

    url: str | None
    attribution: str
    source: str

    @classmethod
    def read(cls, url: str | None, attribution: str) -> Self:
        """Raises `BadTiles`."""
        if url is None:
            return cls(None, "", "")
        found = _ADDRESS.fullmatch(url)
        if found is None or any(part not in url for part in _NEEDED):
            raise BadTiles(f"ALTA_TILES_URL: {url!r} is not like https://tile.example/{{z}}/{{x}}/{{y}}.png")
        return cls(url, attribution, (found[1] or "").replace("{s}", "*"))
