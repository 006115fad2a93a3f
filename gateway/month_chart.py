"""A month's bars: where each is drawn, in the units of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT, GAP = 620, 120, 4


def bars(days: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`{width, height, most, bars}`; a bar is a day with its x, y, width and height."""
    most = max((day["installs"] for day in days), default=0)
    step = WIDTH / 31
    drawn = []
    for number, day in enumerate(days):
        height = round(HEIGHT * day["installs"] / most) if most else 0
        place = {"x": round(number * step, 1), "y": HEIGHT - height, "width": round(step - GAP, 1), "height": height}
        drawn.append(day | place)
    return {"width": WIDTH, "height": HEIGHT, "most": most, "bars": drawn}
