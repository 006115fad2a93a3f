"""What clients see of their own."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.installations.portal import KINDS
from services.installations.schemas.catalogue import Plan
from services.installations.schemas.shapes import text


class Contact(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    value = text(320)
    country = fields.String(required=True, validate=validate.Length(equal=2))


class OwnFile(Schema):
    installation_id = fields.UUID(required=True)
    file_id = fields.UUID(required=True)


class OwnService(Schema):
    """Nothing that is for staff: no comments, no names on the router, no Wi-Fi password."""

    installation_id = fields.UUID(attribute="id")
    number = fields.Integer()
    client_number = fields.Integer(attribute="client.number", dump_default=None)
    state = fields.String()
    first_name = fields.String()
    last_name = fields.String()
    address = fields.String()
    neighbourhood = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    scheduled_at = fields.AwareDateTime()
    technician_name = fields.String(attribute="technician.name", dump_default=None)
    activated_at = fields.AwareDateTime(attribute="client.activated_at", dump_default=None)
    ends_on = fields.Date(allow_none=True)
    wifi_ssid = fields.String(allow_none=True)
    plan = fields.Nested(Plan)


class OwnServices(Schema):
    rows = fields.List(fields.Nested(OwnService))
