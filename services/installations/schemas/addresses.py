"""Pools and the addresses that are given from them."""

from __future__ import annotations

from marshmallow import fields

from chassis.schemas import Schema


class Propose(Schema):
    zone_id = fields.UUID(required=True)
    after = fields.IPv4(load_default=None, allow_none=True)


class Proposal(Schema):
    router_id = fields.UUID()
    ip_address = fields.String(allow_none=True)
    others = fields.List(fields.String())
    exhausted = fields.Boolean()
    installation_cost_minor = fields.Integer()
    currency = fields.String()


class PoolUsage(Schema):
    """Numbers of addresses: given to clients and installations, used by the router otherwise, kept back, free."""

    pool_id = fields.UUID()
    size = fields.Integer()
    given = fields.Integer()
    foreign = fields.Integer()
    reserved = fields.Integer()
    free = fields.Integer()
    read_at = fields.AwareDateTime()


class PoolUsages(Schema):
    rows = fields.List(fields.Nested(PoolUsage))


class PoolBlock(Schema):
    pool_id = fields.UUID(required=True)
    first = fields.IPv4(load_default=None, allow_none=True)


class HeldAddress(Schema):
    """`holder` is missing where nobody has the address; the rest says who that is."""

    address = fields.String()
    holder = fields.String()
    name = fields.String()
    menu = fields.String()
    installation_id = fields.UUID()
    number = fields.Integer()


class PoolAddresses(PoolUsage):
    """`blocks`: where each page of the pool begins; `first`: where this one does."""

    first = fields.String()
    cells = fields.List(fields.Nested(HeldAddress))
    blocks = fields.List(fields.String())
