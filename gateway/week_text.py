"""The hours of a day as people write them: 9:00-14:00, 15:00-18:00."""

from __future__ import annotations

import re

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:[-–—]|a)\s*(\d{1,2})(?:[:.](\d{2}))?")
LAST = 24 * 60
Day = list[list[int]]


def read_day(text: str) -> Day | None:
    """Minutes after midnight, in order; empty for a day without work; None for what is no hours."""
    spans = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;y]", text))):
        found = _SPAN.fullmatch(part)
        if found is None:
            return None
        begins, ends = (int(found[hour]) * 60 + int(found[minute] or 0) for hour, minute in ((1, 2), (3, 4)))
        spans.append([begins, ends])
    edges = [edge for span in spans for edge in span]
    return spans if edges == sorted(set(edges)) and all(edge <= LAST for edge in edges) else None


def write_day(day: Day) -> str:
    return ", ".join("-".join(f"{edge // 60}:{edge % 60:02}" for edge in span) for span in day)
