"""Lengths of time: typed in several ways, written as 1w2d3h4m5s."""

from __future__ import annotations

import re
from dataclasses import dataclass

from routersim.values import Kind, Names, invalid

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def seconds_of(text: str) -> int | None:
    """1w2d3h4m5s, 24:00:00 or a bare number of seconds; None when it is none of these."""
    if clock := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text):
        return int(clock[1]) * 3_600 + int(clock[2]) * 60 + int(clock[3])
    if text.isdigit():
        return int(text)
    if not re.fullmatch(r"(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?", text) or not text:
        return None
    return sum(int(amount) * _UNITS[unit] for amount, unit in re.findall(r"(\d+)([wdhms])", text))


def write_duration(seconds: int) -> str:
    parts = []
    for unit, length in _UNITS.items():
        amount, seconds = divmod(seconds, length)
        if amount:
            parts.append(f"{amount}{unit}")
    return "".join(parts) or "0s"


@dataclass(frozen=True)
class Duration(Kind):
    also: tuple[str, ...] = ()

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text in self.also:
            return text
        seconds = seconds_of(text)
        if seconds is None:
            raise invalid(argument)
        return write_duration(seconds)
