"""The router's clock: right from the start, until somebody turns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from routersim.values import Kind, Names, unmatched

if TYPE_CHECKING:
    from routersim.router import Router
    from routersim.rows import Row

# Seconds that the clock is ahead. No field: nobody sets it, and it is kept with the row.
_AHEAD = "!ahead"


@dataclass(frozen=True)
class Zone(Kind):
    """The name of a time zone."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text not in available_timezones():
            raise unmatched(argument)
        return text


ZONE = Zone()


def now(row: Row) -> datetime:
    """The local time that the clock shows."""
    zone = ZoneInfo(row.values.get("time-zone-name", "UTC"))
    return datetime.now(zone) + timedelta(seconds=float(row.values.get(_AHEAD, "0")))


def turn(router: Router, row: Row) -> None:
    """Takes over a date or a time that was set: from now on the clock runs ahead, or behind."""
    values = dict(row.values)
    shown = now(row)
    date, time = values.pop("date", f"{shown:%Y-%m-%d}"), values.pop("time", f"{shown:%H:%M:%S}")
    form = "%Y-%m-%d %H:%M:%S" if time.count(":") == 2 else "%Y-%m-%d %H:%M"
    wanted = datetime.strptime(f"{date} {time}", form).replace(tzinfo=shown.tzinfo)
    if values != row.values:
        ahead = (wanted.astimezone(UTC) - datetime.now(UTC)).total_seconds()
        router.table("/system/clock").write(row, values | {_AHEAD: str(round(ahead))})


def time_now(router: Router, row: Row) -> str:
    return f"{now(row):%H:%M:%S}"


def date_now(router: Router, row: Row) -> str:
    return f"{now(row):%Y-%m-%d}"


def offset_now(router: Router, row: Row) -> str:
    written = f"{now(row):%z}"
    return f"{written[:3]}:{written[3:]}"


def summer_time(router: Router, row: Row) -> str:
    return "true" if now(row).dst() else "false"
