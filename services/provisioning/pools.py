"""Pools: adding and changing them, and keeping what routers use of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Conflict, ValidationFailed
from chassis.identifiers import new_id
from chassis.jobs import enqueue
from chassis.outbox import announce
from chassis.schemas import coded
from chassis.secrets import Keyring
from chassis.storage import find
from events.provisioning import PoolChanged, PoolRead
from services.provisioning import outages, spans
from services.provisioning.model import STANDING, Account, Pool, Router
from services.provisioning.model.pool import Range
from services.provisioning.preparing import endpoint_of
from services.provisioning.reading_addresses import Taken
from services.provisioning.routers import Endpoint

READ = "provisioning.read_addresses"
MOST_ADDRESSES = 4096
"""What a router uses of a pool travels in one event."""


def save(
    session: Session,
    *,
    pool_id: UUID | None,
    router_id: UUID,
    name: str,
    addresses: str,
    reserved: str,
    active: bool,
) -> Pool:
    """Adds a pool, or changes the given one, and asks its router what it uses of it.

    Raises `ValidationFailed` with fields, `NotFound`. A pool stays on its router.
    """
    # Two pools that are saved at once must not overlap.
    router = find(session, Router, router_id, lock=True)
    pool = find(session, Pool, pool_id) if pool_id else Pool(id=new_id(), router_id=router_id, version=0)
    if pool.router_id != router_id:
        raise ValidationFailed(fields={"router_id": coded("pool-stays-on-its-router")})
    span = _span(addresses)
    _must_be_alone(session, pool, name, span, active)
    kept_back = _reserved(reserved, span)
    pool.become(span, kept_back)
    pool.name, pool.active = name, active
    pool.version += 1
    session.add(pool)
    changed = PoolChanged(
        pool_id=pool.id,
        router_id=router_id,
        name=name,
        first_address=span[0],
        last_address=span[1],
        reserved=[{"first_address": first, "last_address": last} for first, last in kept_back],
        active=active,
    )
    announce(session, changed, entity_version=pool.version)
    if active and router.active:
        enqueue_reading(session, router_id)
    return pool


def list_pools(session: Session, *, router_id: UUID | None) -> list[dict[str, Any]]:
    """With their routers' names; those in use first."""
    statement = select(Pool, Router.name).join(Router, Router.id == Pool.router_id)
    if router_id:
        statement = statement.where(Pool.router_id == router_id)
    statement = statement.order_by(Pool.active.desc(), Router.name, Pool.name)
    return [view(pool, router_name) for pool, router_name in session.execute(statement)]


def view(pool: Pool, router_name: str) -> dict[str, Any]:
    return {
        "pool_id": pool.id,
        "router_id": pool.router_id,
        "router_name": router_name,
        "name": pool.name,
        "addresses": spans.written([pool.first_address, pool.last_address]),
        "reserved": ", ".join(spans.written(pair) for pair in pool.reserved),
        "active": pool.active,
        "read_at": pool.read_at,
        "read_failure": pool.read_failure,
    }


# What routers use of them.


def ask(session: Session, *, router_id: UUID) -> None:
    """Staff want to know it now. Raises `NotFound`, and `Conflict` for a router that is not in use."""
    router = find(session, Router, router_id)
    if not router.active:
        raise Conflict("router-inactive", router=router.name)
    enqueue_reading(session, router_id)


def enqueue_reading(session: Session, router_id: UUID) -> None:
    """One after the other with whatever else is done on that router; nothing to do where no pool is in use."""
    if _pools_of(session, router_id):
        enqueue(session, READ, key=str(router_id), payload={"router_id": str(router_id)}, lane=str(router_id))


def begin_reading(session: Session, router_id: UUID, keyring: Keyring) -> Endpoint | None:
    """None when there is nothing to ask any more."""
    router = session.get(Router, router_id)
    if router is None or not router.active or not _pools_of(session, router_id):
        return None
    return endpoint_of(router, keyring)


def note(session: Session, *, router_id: UUID, taken: Sequence[Taken], at: datetime) -> None:
    """Tells for each pool what of it is used by rows that are nobody's service here."""
    outages.note_answer(session, find(session, Router, router_id, lock=True))
    standing = select(Account.ip_address).where(Account.router_id == router_id, Account.state.in_(STANDING))
    ours = set(session.scalars(standing))
    foreign = [each for each in taken if str(each.address) not in ours]
    for pool in _pools_of(session, router_id):
        pool.read_at, pool.read_failure = at, None
        pool.version += 1
        rows = [each.told() for each in foreign if pool.holds(each.address)]
        read = PoolRead(pool_id=pool.id, router_id=router_id, taken=rows, read_at=at)
        announce(session, read, entity_version=pool.version)


def note_failure(session: Session, *, router_id: UUID, reason_code: str, at: datetime) -> None:
    """What was read before stays, with why there is nothing newer."""
    outages.note_silence(session, find(session, Router, router_id, lock=True), reason_code=reason_code, at=at)
    for pool in _pools_of(session, router_id):
        pool.read_failure = reason_code


# Parts of the above.


def _pools_of(session: Session, router_id: UUID) -> list[Pool]:
    statement = select(Pool).where(Pool.router_id == router_id, Pool.active)
    return list(session.scalars(statement.order_by(Pool.id)))


def _span(text: str) -> Range:
    try:
        span = spans.parse(text)
    except ValueError as error:
        raise ValidationFailed(fields={"addresses": coded("invalid-address-range")}) from error
    if not all(map(spans.usable, span)):
        raise ValidationFailed(fields={"addresses": coded("ip-not-usable")})
    if spans.size(span) > MOST_ADDRESSES:
        raise ValidationFailed(fields={"addresses": coded("pool-too-large", max=MOST_ADDRESSES)})
    return span


def _reserved(text: str, span: Range) -> list[Range]:
    try:
        reserved = spans.parse_several(text)
    except ValueError as error:
        raise ValidationFailed(fields={"reserved": coded("invalid-address-ranges", text=str(error))}) from error
    for first, last in reserved:
        if not (span[0] <= first and last <= span[1]):
            outside = spans.written([str(first), str(last)])
            raise ValidationFailed(fields={"reserved": coded("outside-of-pool", text=outside)})
    return sorted(reserved)


def _must_be_alone(session: Session, pool: Pool, name: str, span: Range, active: bool) -> None:
    others = select(Pool).where(Pool.router_id == pool.router_id, Pool.id != pool.id)
    for other in session.scalars(others):
        if other.name == name:
            raise ValidationFailed(fields={"name": coded("name-taken")})
        if active and other.active and other.overlaps(span):
            raise ValidationFailed(fields={"addresses": coded("pool-overlaps", name=other.name)})
