"""What the RPC methods about many services at once take and give."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.provisioning.schemas import ListPage


class Chosen(Schema):
    """Services: those of the given installations, or all that are like the filters of the list of services."""

    installation_ids = fields.List(fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(1, 1000))
    router_id = fields.UUID(load_default=None, allow_none=True)
    state = fields.String(load_default=None, allow_none=True)
    search = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class BeginBulk(Schema):
    operation = fields.String(required=True, validate=validate.OneOf(["suspend", "reconnect", "repair"]))
    chosen = fields.Nested(Chosen, required=True)


class RouterShare(Schema):
    router_name = fields.String()
    services = fields.Integer()


class BulkPreview(Schema):
    """`already`: how many are so without any work."""

    total = fields.Integer()
    already = fields.Integer()
    by_router = fields.List(fields.Nested(RouterShare))


class BulkRef(Schema):
    operation_id = fields.UUID(required=True)


class BulkCounts(Schema):
    """How many services wait, are being asked for at their router, are done, were refused, were never begun."""

    waiting = fields.Integer()
    asked = fields.Integer()
    done = fields.Integer()
    failed = fields.Integer()
    left_out = fields.Integer()


class BulkOfRouter(BulkCounts):
    router_name = fields.String()


class BulkRow(BulkCounts):
    """`still`: whether anything of it goes on."""

    operation_id = fields.UUID()
    operation = fields.String()
    state = fields.String()
    total = fields.Integer()
    routers = fields.Integer()
    asked_by = fields.String()
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime()
    still = fields.Boolean()


class BulkView(BulkRow):
    by_router = fields.List(fields.Nested(BulkOfRouter))


class BulkBegun(Schema):
    operation_id = fields.UUID(attribute="id")


class BulkPage(Schema):
    rows = fields.List(fields.Nested(BulkRow))
    next = fields.String()


class ListBulkItems(ListPage, BulkRef):
    state = fields.String(load_default=None, allow_none=True)


class BulkItemView(Schema):
    installation_id = fields.UUID()
    service_name = fields.String()
    router_name = fields.String()
    state = fields.String()
    reason_code = fields.String()
    reason_params = fields.Dict()


class BulkItems(Schema):
    rows = fields.List(fields.Nested(BulkItemView))
    next = fields.String()
