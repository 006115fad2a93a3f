"""What helps whoever fills in the form of an installation."""

from __future__ import annotations

from marshmallow import fields

from chassis.schemas import Schema
from services.installations.schemas.shapes import OneSpelling, a_service_name, an_address


class CheckService(Schema):
    """What has been typed so far; `wanted_name` is what the service would best be called."""

    zone_id = fields.UUID(required=True)
    installation_id = fields.UUID(load_default=None, allow_none=True)
    ip_address = fields.String(load_default=None, allow_none=True, validate=an_address)
    service_name = OneSpelling(load_default=None, allow_none=True, validate=a_service_name)
    wanted_name = OneSpelling(load_default=None, allow_none=True, validate=a_service_name)


class CheckedService(Schema):
    """`wrong` as a refused form has it; `free_name`: the wanted one, or with a number behind it."""

    wrong = fields.Dict(keys=fields.String(), values=fields.List(fields.Dict()))
    free_name = fields.String(allow_none=True)


class FieldChange(Schema):
    field = fields.String()
    by = fields.String(allow_none=True)
    at = fields.AwareDateTime()


class FieldChanges(Schema):
    rows = fields.List(fields.Nested(FieldChange))
