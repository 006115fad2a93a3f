"""What should be on a router against what is there: the changes that make the two agree.

Pure: rows in, changes out. A row belongs to us when its comment is our marker; a row of anybody
else is never changed and never removed, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network

Row = Mapping[str, str]
"""A row as the router prints it; `.id` is its id there."""

MARKER = "alta:"


@dataclass(frozen=True)
class Wanted:
    """One row that should be on the router, exactly once; its comment, where it has one, makes it ours.

    Each of `keys` is a group of properties whose values only one row may have; the last of a group
    is the one to look it up by. With `present` false the row should not be there: neither ours nor, as
    its effect would be the same, anybody else's.
    """

    menu: str
    values: Mapping[str, str]
    keys: tuple[tuple[str, ...], ...] = (("name",),)
    # Given to the router when the row is made, not compared afterwards.
    only_when_added: Mapping[str, str] | None = None
    # A dynamic row with the same key is no hindrance: a router prefers what is static.
    before_dynamic: bool = False
    present: bool = True
    # What a row of somebody else has that is to become this one: its key, and its comment ("" for none).
    adopted: Mapping[str, str] | None = None

    @property
    def looked_up_by(self) -> dict[str, set[str]]:
        """A row that has one of these is worth reading."""
        worth: dict[str, set[str]] = {}
        marked = [("comment", self.values["comment"])] if "comment" in self.values else []
        adopted = [(name, value) for name, value in (self.adopted or {}).items() if name != "comment"]
        for name, value in (*marked, *((key[-1], self.values[key[-1]]) for key in self.keys), *adopted):
            worth.setdefault(name, set()).add(value)
        return worth

    def owns(self, row: Row) -> bool:
        """Whether a row is ours: by its marker, by its being adopted or, in a menu without comments, by its name,
        which is one of ours."""
        if self.adopted is not None and not _is_dynamic(row) and self._is_adopted(row):
            return True
        if "comment" in self.values:
            return is_marked(row, self.values["comment"])
        return all(self.has_key(row, key) for key in self.keys)

    def _is_adopted(self, row: Row) -> bool:
        """The same row as it was when it was chosen, and not another one in its place."""
        adopted = self.adopted or {}
        return all(normalised(name, value) == normalised(name, row.get(name, "")) for name, value in adopted.items())

    def has_key(self, row: Row, key: Iterable[str]) -> bool:
        return all(_agrees(name, self.values[name], row.get(name)) for name in key)


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


class KeyTaken(Exception):
    """What only one row may have (a name, an address) is held by a row that is not ours."""

    def __init__(self, menu: str, held: str) -> None:
        super().__init__(f"{held} in {menu} is not ours")
        self.menu = menu
        self.held = held


def changes(wanted: Wanted, actual: Sequence[Row]) -> list[Change]:
    """The changes that leave exactly one row of ours, as wanted, or none. Raises `KeyTaken`."""
    ours = [row for row in actual if wanted.owns(row)]
    _must_be_free(wanted, [row for row in actual if row not in ours])
    if not wanted.present:
        return [Remove(wanted.menu, row[".id"]) for row in ours]
    if not ours:
        return [Add(wanted.menu, {**(wanted.only_when_added or {}), **wanted.values})]
    kept = kept_row(wanted, ours) or ours[0]
    doubled: list[Change] = [Remove(wanted.menu, row[".id"]) for row in ours if row is not kept]
    differing = differences(wanted.values, kept)
    return doubled + ([Set(wanted.menu, kept[".id"], differing)] if differing else [])


def _must_be_free(wanted: Wanted, others: Iterable[Row]) -> None:
    for row in others:
        if wanted.before_dynamic and _is_dynamic(row):
            continue
        for key in wanted.keys:
            if wanted.has_key(row, key):
                raise KeyTaken(wanted.menu, wanted.values[key[-1]])


def removals(menu: str, marker: str, actual: Iterable[Row]) -> list[Change]:
    """The changes that leave nothing of ours behind."""
    return [Remove(menu, row[".id"]) for row in actual if is_marked(row, marker)]


def kept_row(wanted: Wanted, actual: Sequence[Row]) -> Row | None:
    """The row of ours that stands for what is wanted, when it is there."""
    ours = (row for row in actual if wanted.owns(row))
    return next((row for row in ours if all(wanted.has_key(row, key) for key in wanted.keys)), None)


def undone(change: Change, before: Sequence[Row], added_id: str | None) -> Change | None:
    """The change that takes one back, given the rows that were there before it.

    A removed row is not put back: only a second copy of what is kept is ever removed.
    """
    if isinstance(change, Add) and added_id:
        return Remove(change.menu, added_id)
    if isinstance(change, Set):
        row = next(row for row in before if row[".id"] == change.id)
        before = {name: row[name] for name in change.values if name in row}
        # A row that was adopted may have had no comment, and must not keep our marker.
        unmarked = {"comment": ""} if "comment" in change.values and "comment" not in row else {}
        return Set(change.menu, change.id, before | unmarked)
    return None


def differences(values: Mapping[str, str], row: Row) -> dict[str, str]:
    """The values that the row does not have yet, as they are to be written."""
    return {name: value for name, value in values.items() if not _agrees(name, value, row.get(name))}


def is_marked(row: Row, marker: str) -> bool:
    """Whether a row carries this marker, and staff or Alta put it there."""
    return row.get("comment") == marker and not _is_dynamic(row)


def _is_dynamic(row: Row) -> bool:
    return row.get("dynamic") in ("true", "yes")


def _agrees(name: str, wanted: str, actual: str | None) -> bool:
    if actual is None:
        # A password is not printed to users without the `sensitive` policy: unknown is not different.
        return name == "password" or wanted == _WHEN_ABSENT.get(name, "")
    return wanted == actual or normalised(name, wanted) == normalised(name, actual)


def normalised(name: str, value: str) -> str:
    """A property's value in the one spelling that two equal ones share."""
    return _NORMALISERS.get(name, str)(value)


# What it means that a router does not print a property.
_WHEN_ABSENT = {"server": "all", "disabled": "no"}


# How the router writes back what was asked of it.

_MULTIPLES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def _bits(text: str) -> str:
    """`10M` as `10000000`; anything else as it is."""
    found = re.fullmatch(r"(\d+)([kMG]?)", text)
    return str(int(found[1]) * _MULTIPLES[found[2]]) if found else text


@lru_cache(1024)
def _rates(text: str) -> str:
    return " ".join("/".join(map(_bits, pair.split("/"))) for pair in text.split())


def mac_address(text: str) -> str:
    """As routers print it: capitals, colons."""
    return re.sub(r"[-.]", ":", text).upper()


_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def _durations(text: str) -> str:
    return "/".join(map(_seconds, text.split("/")))


def _seconds(text: str) -> str:
    """`1m4s` as `64`; anything else as it is."""
    if not re.fullmatch(r"(?:\d+[wdhms])+", text):
        return text
    return str(sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+)([wdhms])", text)))


def _networks(text: str) -> str:
    return ",".join(_network(part) for part in text.split(","))


@lru_cache(4096)
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
    "burst-limit": _rates,
    "burst-threshold": _rates,
    "burst-time": _durations,
    "rate-limit": _rates,
    "target": _networks,
    "mac-address": mac_address,
    "disabled": _flag,
}
