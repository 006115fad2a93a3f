"""Ranges of addresses as people write them."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network

from services.provisioning.model.pool import Range

_SEPARATORS = re.compile(r"[\s,;]+")
_DASH = re.compile(r"\s*[-–]\s*")


def parse(text: str) -> Range:
    """`10.20.0.0/22` (without its network and broadcast addresses), `10.20.0.10-10.20.0.99` or one address.

    Raises `ValueError` for anything else.
    """
    if "/" in text:
        network = IPv4Network(text.strip(), strict=False)
        ends = network[0], network[-1]
        return (ends[0] + 1, ends[1] - 1) if network.prefixlen < 31 else ends
    first, dash, last = _DASH.sub("-", text.strip()).partition("-")
    span = IPv4Address(first), IPv4Address(last if dash else first)
    if span[0] > span[1]:
        raise ValueError(f"{span[0]} comes after {span[1]}")
    return span


def parse_several(text: str) -> list[Range]:
    """Separated by commas, spaces or lines. Raises `ValueError` with the one that cannot be read."""
    spans = []
    for part in filter(None, _SEPARATORS.split(_DASH.sub("-", text))):
        try:
            spans.append(parse(part))
        except ValueError as error:
            raise ValueError(part) from error
    return spans


def written(span: tuple[str, str] | list[str]) -> str:
    first, last = span
    return first if first == last else f"{first}-{last}"


def size(span: Range) -> int:
    return int(span[1]) - int(span[0]) + 1


def usable(address: IPv4Address) -> bool:
    """Whether a client can be given it at all."""
    return not (address.is_multicast or address.is_unspecified or address.is_loopback or address.is_reserved)
