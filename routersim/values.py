"""What a parameter may be, and how the router writes it back.

Every kind turns what was typed into what is stored (`accept`) and what is stored into what is
printed (`show`). The texts of refusal are the router's own; their sources are in README.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from ipaddress import AddressValueError, IPv4Address, IPv4Network, summarize_address_range


class Trap(Exception):
    """The router refuses a command. `category` as in the manual's table of error categories, or none."""

    def __init__(self, message: str, category: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.category = category


Names = Callable[[str], dict[str, str]]
"""Gives a menu's rows by its path: row id to name, for references."""


def unmatched(argument: str) -> Trap:
    return Trap(f"input does not match any value of {argument}", 1)


def invalid(argument: str) -> Trap:
    return Trap(f"invalid value for argument {argument}", 1)


def out_of_range(argument: str, low: int, high: int) -> Trap:
    return Trap(f"value of {argument} out of range ({low}..{high})", 1)


class Kind:
    """Free text; the others refine it."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        return text

    def show(self, stored: str, names: Names) -> str:
        return stored


@dataclass(frozen=True)
class Text(Kind):
    pass


@dataclass(frozen=True)
class Flag(Kind):
    def accept(self, text: str, argument: str, names: Names) -> str:
        if text in ("yes", "true"):
            return "true"
        if text in ("no", "false"):
            return "false"
        raise unmatched(argument)


@dataclass(frozen=True)
class Choice(Kind):
    values: tuple[str, ...]

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text not in self.values:
            raise unmatched(argument)
        return text


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number within limits; `suffixes` allows 10M and 512k."""

    low: int = 0
    high: int = 2**64 - 1
    suffixes: bool = False
    also: tuple[str, ...] = ()

    _MULTIPLES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text in self.also:
            return text
        found = re.fullmatch(r"(\d+)([kMG]?)", text)
        if found is None or (found[2] and not self.suffixes):
            raise invalid(argument)
        number = int(found[1]) * self._MULTIPLES[found[2]]
        if not self.low <= number <= self.high:
            raise out_of_range(argument, self.low, self.high)
        return str(number)


@dataclass(frozen=True)
class Fraction(Kind):
    """A decimal number within limits, such as a bucket size."""

    high: int

    def accept(self, text: str, argument: str, names: Names) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise invalid(argument) from None
        if not 0 <= number <= self.high:
            raise out_of_range(argument, 0, self.high)
        return f"{number.normalize():f}"


_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def _seconds(text: str) -> int | None:
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
        seconds = _seconds(text)
        if seconds is None:
            raise invalid(argument)
        return write_duration(seconds)


@dataclass(frozen=True)
class Pair(Kind):
    """Two values as upload/download."""

    each: Kind

    def accept(self, text: str, argument: str, names: Names) -> str:
        upload, slash, download = text.partition("/")
        if not slash:
            raise Trap(f"expected value of download-{argument}", 1)
        return "/".join(self.each.accept(half, argument, names) for half in (upload, download))

    def show(self, stored: str, names: Names) -> str:
        upload, _, download = stored.partition("/")
        return f"{self.each.show(upload, names)}/{self.each.show(download, names)}"


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


@dataclass(frozen=True)
class Address(Kind):
    """One IPv4 address."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        try:
            return str(IPv4Address(text))
        except AddressValueError:
            raise invalid(argument) from None


@dataclass(frozen=True)
class InterfaceAddress(Kind):
    """An address with the length of its network; without one it is a /32."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        address, _, length = text.partition("/")
        if _network(text) is None:
            raise invalid(argument)
        return f"{IPv4Address(address)}/{length or 32}"


@dataclass(frozen=True)
class Reference(Kind):
    """A row of another menu by name. Stored by id, so that it follows a renaming and dangles after a removal."""

    menu: str
    also: tuple[str, ...] = ()

    def accept(self, text: str, argument: str, names: Names) -> str:
        if text in self.also:
            return text
        rows = names(self.menu)
        exact = [row for row, name in rows.items() if text in (name, row)]
        # A console completes unique beginnings, and the API goes through the same parser.
        matches = exact or [row for row, name in rows.items() if name.startswith(text)]
        if not matches:
            raise unmatched(argument)
        if len(matches) > 1:
            raise Trap(f"ambiguous value of {argument}, more than one possible value matches input", 1)
        return matches[0]

    def show(self, stored: str, names: Names) -> str:
        return stored if stored in self.also else names(self.menu).get(stored, stored)


@dataclass(frozen=True)
class AddressOrPool(Kind):
    """An address, or the name of a pool to take one from."""

    pool: Reference = Reference("/ip/pool")

    def accept(self, text: str, argument: str, names: Names) -> str:
        try:
            return str(IPv4Address(text))
        except AddressValueError:
            return self.pool.accept(text, "pool", names)

    def show(self, stored: str, names: Names) -> str:
        return self.pool.show(stored, names)


@dataclass(frozen=True)
class Targets(Kind):
    """Comma-joined networks and interface names; an address becomes a /32."""

    interface: Reference = Reference("/interface")

    def accept(self, text: str, argument: str, names: Names) -> str:
        return ",".join(self._one(part, argument, names) for part in text.split(","))

    def _one(self, text: str, argument: str, names: Names) -> str:
        network = _network(text)
        if network is not None:
            return str(network)
        if re.match(r"[\d.]+(/|$)", text):
            raise invalid(argument)
        return self.interface.accept(text, argument, names)

    def show(self, stored: str, names: Names) -> str:
        return ",".join(self.interface.show(part, names) for part in stored.split(","))


def _as_range(text: str, argument: str) -> tuple[IPv4Address, IPv4Address]:
    first, dash, last = text.partition("-")
    if not dash:
        network = _network(text)
        if network is None:
            raise Trap(f"value of {argument} expects range of ip addresses", 1)
        return network[0], network[-1]
    bounds = []
    for bound, place in ((first, "before"), (last, "after")):
        try:
            bounds.append(IPv4Address(bound))
        except AddressValueError:
            raise Trap(f"value of {argument} must have ip address {place} '-'", 1) from None
    if bounds[0] > bounds[1]:
        raise invalid(argument)
    return bounds[0], bounds[1]


@dataclass(frozen=True)
class Ranges(Kind):
    """Comma-joined address ranges, as a pool has them."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        written = []
        for part in text.split(","):
            first, last = _as_range(part, "range")
            written.append(part if "/" in part else f"{first}-{last}" if first != last else str(first))
        return ",".join(written)


@dataclass(frozen=True)
class ListedAddress(Kind):
    """An entry of an address list: address, network, range or a domain name."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        if re.fullmatch(r"[\d./-]+", text) is None:
            if re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?", text) is None:
                raise invalid(argument)
            return text
        first, last = _as_range(text, argument)
        networks = list(summarize_address_range(first, last))
        if len(networks) > 1:
            return f"{first}-{last}"
        return str(first) if first == last else str(networks[0])


def addresses_in(ranges: str) -> int:
    """How many addresses a pool's ranges hold."""
    bounds = (_as_range(part, "range") for part in ranges.split(",") if part)
    return sum(int(last) - int(first) + 1 for first, last in bounds)
