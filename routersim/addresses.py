"""Kinds of values that are IPv4 addresses, and how the router writes them back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, summarize_address_range

from routersim.values import Kind, Names, Reference, Trap, invalid

_POOL = Reference("/ip/pool")
_INTERFACE = Reference("/interface")


def _network(text: str) -> IPv4Network | None:
    if not text[:1].isdigit():
        return None
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
class Addresses(Kind):
    """Comma-joined addresses, such as those of DNS servers."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        return ",".join(Address().accept(part, argument, names) for part in text.split(","))


@dataclass(frozen=True)
class Prefixes(Kind):
    """Comma-joined networks from which something is allowed; an address becomes a /32."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        networks = [_network(part) for part in text.split(",")]
        if None in networks:
            raise invalid(argument)
        return ",".join(map(str, networks))


@dataclass(frozen=True)
class InterfaceAddress(Kind):
    """An address with the length of its network; without one it is a /32."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        address, _, length = text.partition("/")
        if _network(text) is None:
            raise invalid(argument)
        return f"{IPv4Address(address)}/{length or 32}"


@dataclass(frozen=True)
class AddressOrPool(Kind):
    """An address, or the name of a pool to take one from."""

    pool: Reference = _POOL

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

    interface: Reference = _INTERFACE

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


def _short(first: IPv4Address, last: IPv4Address) -> str:
    """An address, else a network, else a range."""
    if first == last:
        return str(first)
    networks = list(summarize_address_range(first, last))
    return str(networks[0]) if len(networks) == 1 else f"{first}-{last}"


@dataclass(frozen=True)
class AddressRange(Kind):
    """An address, a network or a range."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        return _short(*_as_range(text, argument))


@dataclass(frozen=True)
class ListedAddress(Kind):
    """An entry of an address list: address, network, range or a domain name."""

    def accept(self, text: str, argument: str, names: Names) -> str:
        if re.fullmatch(r"[\d./-]+", text) is None:
            if re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?", text) is None:
                raise invalid(argument)
            return text
        return _short(*_as_range(text, argument))


def bounds_of(text: str) -> tuple[IPv4Address, IPv4Address]:
    """The first and the last address of an address, a network or a range."""
    return _as_range(text, "range")


def addresses_in(ranges: str) -> int:
    """How many addresses a pool's ranges hold."""
    bounds = (_as_range(part, "range") for part in ranges.split(",") if part)
    return sum(int(last) - int(first) + 1 for first, last in bounds)


def address_at(ranges: str, position: int) -> str:
    """The address at a place, counted from 0 through all of a pool's ranges. Raises `IndexError`."""
    for part in ranges.split(","):
        first, last = _as_range(part, "range")
        size = int(last) - int(first) + 1
        if position < size:
            return str(first + position)
        position -= size
    raise IndexError(position)
