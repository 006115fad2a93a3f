"""Clients who leave: what the commands take and give."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from events.installations import END_REASONS, IMPORT_UNDONE
from services.installations.schemas.shapes import optional

REASONS = [reason for reason in END_REASONS if reason != IMPORT_UNDONE]


class EndService(Schema):
    """`ends_on` is the last day; of none, now. `without_router`: one that is out of use is not waited for."""

    installation_id = fields.UUID(required=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    note = optional(1000)
    without_router = fields.Boolean(load_default=False)


class Ending(Schema):
    installation_id = fields.UUID(attribute="id")
    number = fields.Integer()
    version = fields.Integer()
    state = fields.String()
    ends_on = fields.Date(allow_none=True)
