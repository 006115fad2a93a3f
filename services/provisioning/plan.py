"""What should be on a router against what is there: the changes that make the two agree.

Pure: rows in, changes out. A row belongs to us when its comment is our marker; a row of anybody
else is never changed and never removed, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

Row = Mapping[str, str]
"""A row as the router prints it; `.id` is its id there."""

MARKER = "alta:"


@dataclass(frozen=True)
class Wanted:
    """One row that should be on the router, exactly once; its comment is the marker that makes it ours."""

    menu: str
    values: Mapping[str, str]
    # Given to the router when the row is made, not compared afterwards.
    only_when_added: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        return self.values["name"]

    @property
    def marker(self) -> str:
        return self.values["comment"]


@dataclass(frozen=True)
class Add:
    menu: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Set:
    menu: str
    id: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Remove:
    menu: str
    id: str


Change = Add | Set | Remove


class NameTaken(Exception):
    """The name we want is held by a row that is not ours."""

    def __init__(self, menu: str, name: str) -> None:
        super().__init__(f"{name} in {menu} is not ours")
        self.menu = menu
        self.name = name


def changes(wanted: Wanted, actual: Sequence[Row]) -> list[Change]:
    """The changes that leave exactly one row of ours, as wanted. Raises `NameTaken`."""
    ours = [row for row in actual if _is_ours(row, wanted.marker)]
    if any(row.get("name") == wanted.name for row in actual if row not in ours):
        raise NameTaken(wanted.menu, wanted.name)
    if not ours:
        return [Add(wanted.menu, {**(wanted.only_when_added or {}), **wanted.values})]
    kept = next((row for row in ours if row.get("name") == wanted.name), ours[0])
    doubled: list[Change] = [Remove(wanted.menu, row[".id"]) for row in ours if row is not kept]
    differing = differences(wanted.values, kept)
    return doubled + ([Set(wanted.menu, kept[".id"], differing)] if differing else [])


def removals(menu: str, marker: str, actual: Iterable[Row]) -> list[Change]:
    """The changes that leave nothing of ours behind."""
    return [Remove(menu, row[".id"]) for row in actual if _is_ours(row, marker)]


def kept_row(wanted: Wanted, actual: Sequence[Row]) -> Row | None:
    """The row of ours that stands for what is wanted, when it is there."""
    return next((r for r in actual if _is_ours(r, wanted.marker) and r.get("name") == wanted.name), None)


def undone(change: Change, before: Sequence[Row], added_id: str | None) -> Change | None:
    """The change that takes one back, given the rows that were there before it.

    A removed row is not put back: only a second copy of what is kept is ever removed.
    """
    if isinstance(change, Add) and added_id:
        return Remove(change.menu, added_id)
    if isinstance(change, Set):
        row = next(row for row in before if row[".id"] == change.id)
        return Set(change.menu, change.id, {name: row[name] for name in change.values if name in row})
    return None


def differences(values: Mapping[str, str], row: Row) -> dict[str, str]:
    """The values that the row does not have yet, as they are to be written."""
    return {name: value for name, value in values.items() if not _agrees(name, value, row.get(name))}


def _is_ours(row: Row, marker: str) -> bool:
    return row.get("comment") == marker and row.get("dynamic") not in ("true", "yes")


def _agrees(name: str, wanted: str, actual: str | None) -> bool:
    if actual is None:
        # A password is not printed to users without the `sensitive` policy: unknown is not different.
        return name == "password" or wanted == ""
    normalise = _NORMALISERS.get(name, str)
    return normalise(wanted) == normalise(actual)


# How the router writes back what was asked of it.

_MULTIPLES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def _bits(text: str) -> str:
    """`10M` as `10000000`; anything else as it is."""
    found = re.fullmatch(r"(\d+)([kMG]?)", text)
    return str(int(found[1]) * _MULTIPLES[found[2]]) if found else text


def _rates(text: str) -> str:
    return " ".join("/".join(map(_bits, pair.split("/"))) for pair in text.split())


def _networks(text: str) -> str:
    return ",".join(_network(part) for part in text.split(","))


def _network(text: str) -> str:
    try:
        return str(IPv4Network(text, strict=False))
    except ValueError:
        return text


def _flag(text: str) -> str:
    return {"yes": "true", "no": "false"}.get(text, text)


_NORMALISERS: dict[str, Callable[[str], str]] = {
    "max-limit": _rates,
    "limit-at": _rates,
    "rate-limit": _rates,
    "target": _networks,
    "disabled": _flag,
}
