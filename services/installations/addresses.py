"""Addresses for clients: the next free one of a router's pools, who has a given one, and how full the pools are.

Pools and what routers use of them are told by provisioning, so that all of this works while a router is off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, joinedload

from chassis.storage import current_company, find
from events.provisioning import PoolChanged, PoolRead
from services.installations.model import Installation, Pool, TakenAddress, Zone

LAST_OF_24 = 254
NOWHERE = "0.0.0.0"  # noqa: S104 - of a pool of which only its reading is known yet
OFFERED = 6
"""How many free addresses are offered at once."""
BLOCK = 256
"""How many addresses a page of a pool shows."""

CLIENT, INSTALLATION, ROUTER, DEVICE, RESERVED = "client", "installation", "router", "device", "reserved"
"""Who has an address: an active client, an installation to be done, a row of the router that is none of ours, a device
that was there when the router was read; or nobody is to have it."""


def learn_pool(session: Session, event: PoolChanged) -> None:
    pool = _pool(session, event.pool_id, event.router_id)
    if event.meta.entity_version <= pool.version:
        return
    pool.name, pool.active, pool.version = event.name, event.active, event.meta.entity_version
    pool.first_address, pool.last_address = str(event.first_address), str(event.last_address)
    pool.reserved = [[str(each["first_address"]), str(each["last_address"])] for each in event.reserved]


def learn_reading(session: Session, event: PoolRead) -> None:
    """May come before the pool itself is known: it is out of use until then."""
    pool = _pool(session, event.pool_id, event.router_id)
    if event.meta.entity_version <= pool.read_version:
        return
    pool.read_at, pool.read_version = event.read_at, event.meta.entity_version
    session.execute(delete(TakenAddress).where(TakenAddress.pool_id == pool.id))
    company_id = current_company(session)
    rows = [
        {"company_id": company_id, "pool_id": pool.id, **each, "address": str(each["address"])} for each in event.taken
    ]
    if rows:
        session.execute(insert(TakenAddress), rows)


def propose(session: Session, *, zone_id: UUID, after: IPv4Address | None) -> dict[str, Any]:
    """The zone's router and a free address there: of its pools, else the one after the highest within its /24.

    With `after` the first free one that follows it, and after the last the first again. `others` are free, too.
    `exhausted`: the router has pools, and they are full.
    """
    router_id = find(session, Zone, zone_id).router_id
    pools = _in_use(session, router_id)
    free = _next_free(session, router_id, after) if pools else _following(_given(session, router_id))
    first, *others = [str(each) for each in free] or [None]
    return {"router_id": router_id, "ip_address": first, "others": others, "exhausted": bool(pools) and first is None}


class Conflicts:
    """Why some addresses cannot be given on some routers, beyond their being other installations'; asked for once."""

    def __init__(self, session: Session, wanted: Iterable[tuple[UUID, str]]) -> None:
        """`wanted`: pairs of router and address."""
        on_routers: dict[UUID, set[str]] = defaultdict(set)
        for router_id, address in wanted:
            on_routers[router_id].add(address)
        self._pools = {
            router_id: [(pool, _Span(pool), _reserved(pool)) for pool in _in_use(session, router_id)]
            for router_id in on_routers
        }
        self._taken: dict[tuple[UUID, str], TakenAddress] = {}
        for router_id, pools in self._pools.items():
            theirs = TakenAddress.pool_id.in_([pool.id for pool, _, _ in pools])
            if pools:
                asked = select(TakenAddress).where(theirs, TakenAddress.address.in_(on_routers[router_id]))
                self._taken |= {(each.pool_id, each.address): each for each in session.scalars(asked)}

    def of(self, router_id: UUID, address: str, service_name: str) -> tuple[str, dict[str, Any]] | None:
        """A code and its parameters; None for an address that may be given.

        A row of the router that has the service's own name is no conflict: it is the client's from before.
        """
        number = IPv4Address(address)
        pool, _span, reserved = next((each for each in self._pools[router_id] if number in each[1]), (None, None, []))
        if pool is None:
            return None
        if any(number in span for span in reserved):
            return "ip-reserved", {"pool": pool.name}
        taken = self._taken.get((pool.id, address))
        if taken is not None and taken.fixed and taken.name != service_name:
            return "ip-used-on-router", {"name": taken.name, "menu": taken.menu}
        return None


def free_on(session: Session, router_id: UUID) -> Iterator[IPv4Address]:
    """Every address of the router's pools that may be given, in the order in which they are filled."""
    pools = _in_use(session, router_id)
    taken = select(TakenAddress.address).where(TakenAddress.pool_id.in_([pool.id for pool in pools]))
    occupied = _given(session, router_id) | {IPv4Address(address) for address in session.scalars(taken)}
    return (each for pool in pools for each in _free_of(pool, occupied))


def list_usage(session: Session) -> list[dict[str, Any]]:
    """How full each pool in use is, in numbers of addresses."""
    pools = session.scalars(select(Pool).where(Pool.active)).all()
    given = {router_id: _given(session, router_id) for router_id in {pool.router_id for pool in pools}}
    return [_usage(session, pool, given[pool.router_id]) for pool in pools]


def block(session: Session, *, pool_id: UUID, first: IPv4Address | None) -> dict[str, Any]:
    """A page of the pool: `BLOCK` addresses from `first`, those that somebody has with who has them."""
    pool = find(session, Pool, pool_id)
    span = _Span(pool)
    start = max(first or span.first, span.first)
    if start not in span:
        start = span.first
    start = max(span.first, IPv4Address(int(start) // BLOCK * BLOCK))
    end = min(span.last, IPv4Address(int(start) // BLOCK * BLOCK + BLOCK - 1))
    held = _held(session, pool)
    cells = [{"address": str(each), **held.get(each, {})} for each in _Range(start, end)]
    blocks = [
        str(max(span.first, IPv4Address(number * BLOCK)))
        for number in range(int(span.first) // BLOCK, int(span.last) // BLOCK + 1)
    ]
    usage = _usage(session, pool, _given(session, pool.router_id))
    return {**usage, "first": str(start), "cells": cells, "blocks": blocks}


# Parts of the above.


class _Range:
    """Addresses from the first to the last."""

    def __init__(self, first: IPv4Address | str, last: IPv4Address | str) -> None:
        self.first, self.last = IPv4Address(first), IPv4Address(last)

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def __iter__(self) -> Iterator[IPv4Address]:
        return map(IPv4Address, range(int(self.first), int(self.last) + 1))

    def __len__(self) -> int:
        return int(self.last) - int(self.first) + 1


class _Span(_Range):
    """All addresses of a pool."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool.first_address, pool.last_address)


def _pool(session: Session, pool_id: UUID, router_id: UUID) -> Pool:
    pool = session.get(Pool, pool_id, with_for_update=True)
    if pool is None:
        nothing = {"name": "", "first_address": NOWHERE, "last_address": NOWHERE, "reserved": [], "active": False}
        pool = Pool(id=pool_id, router_id=router_id, version=0, read_version=0, **nothing)
        session.add(pool)
    return pool


def _in_use(session: Session, router_id: UUID) -> list[Pool]:
    """In the order in which they are filled: by name."""
    statement = select(Pool).where(Pool.router_id == router_id, Pool.active)
    return list(session.scalars(statement.order_by(Pool.name, Pool.id)))


def _reserved(pool: Pool) -> list[_Range]:
    return [_Range(first, last) for first, last in pool.reserved]


def _given(session: Session, router_id: UUID) -> set[IPv4Address]:
    """What installations and clients have on that router."""
    statement = select(Installation.reserved_ip).where(
        Installation.router_id == router_id, Installation.reserved_ip.is_not(None)
    )
    return {IPv4Address(address) for address in session.scalars(statement) if address}


def _next_free(session: Session, router_id: UUID, after: IPv4Address | None) -> list[IPv4Address]:
    free = list(free_on(session, router_id))
    position = next((index for index, each in enumerate(free) if after is not None and each > after), 0)
    return [*free[position : position + OFFERED], *free[: max(0, position + OFFERED - len(free))]][: len(free)]


def _free_of(pool: Pool, occupied: set[IPv4Address]) -> Iterator[IPv4Address]:
    reserved = _reserved(pool)
    return (each for each in _Span(pool) if each not in occupied and not any(each in span for span in reserved))


def _following(used: set[IPv4Address]) -> list[IPv4Address]:
    """The addresses after the highest in its /24."""
    highest = max(used, default=None)
    if highest is None:
        return []
    return [highest + step for step in range(1, OFFERED + 1) if int(highest) % 256 + step <= LAST_OF_24]


def _usage(session: Session, pool: Pool, given: set[IPv4Address]) -> dict[str, Any]:
    span = _Span(pool)
    ours = {each for each in given if each in span}
    statement = select(TakenAddress.address).where(TakenAddress.pool_id == pool.id)
    foreign = {IPv4Address(address) for address in session.scalars(statement)} - ours
    reserved = {each for part in _reserved(pool) for each in part} - ours - foreign
    return {
        "pool_id": pool.id,
        "size": len(span),
        "given": len(ours),
        "foreign": len(foreign),
        "reserved": len(reserved),
        "free": len(span) - len(ours) - len(foreign) - len(reserved),
        "read_at": pool.read_at,
    }


def _held(session: Session, pool: Pool) -> dict[IPv4Address, dict[str, Any]]:
    """Who has which address; our own clients before all others."""
    held: dict[IPv4Address, dict[str, Any]] = {each: {"holder": RESERVED} for part in _reserved(pool) for each in part}
    for taken in session.scalars(select(TakenAddress).where(TakenAddress.pool_id == pool.id)):
        kind = ROUTER if taken.fixed else DEVICE
        held[IPv4Address(taken.address)] = {"holder": kind, "name": taken.name, "menu": taken.menu}
    statement = select(Installation).where(
        Installation.router_id == pool.router_id, Installation.reserved_ip.is_not(None)
    )
    for each in session.scalars(statement.options(joinedload(Installation.client))):
        held[IPv4Address(each.ip_address)] = {
            "holder": CLIENT if each.client else INSTALLATION,
            "name": each.person,
            "installation_id": each.id,
            "number": each.client.number if each.client else each.number,
        }
    return held
