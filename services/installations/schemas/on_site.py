"""What technicians send from the client's."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from chassis.schemas import Schema
from services.installations.model.checklist import KINDS
from services.installations.schemas.rows import Installation
from services.installations.schemas.shapes import a_mac, optional, text


class OfTechnician(Schema):
    technician_id = fields.UUID(required=True)


class Visits(Schema):
    today = fields.Date()
    rows = fields.List(fields.Nested(Installation))


class ChecklistItem(Schema):
    """`least` and `most`: what is usual of a number. Without `item_id` it is a new one."""

    item_id = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"[\w-]{1,40}\Z", error="invalid-id")
    )
    title = text(200)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    unit = optional(20)
    least = fields.Float(load_default=None, allow_none=True)
    most = fields.Float(load_default=None, allow_none=True)


class Checklist(Schema):
    version = fields.Integer()
    items = fields.List(fields.Nested(ChecklistItem))


class SaveChecklist(Schema):
    version = fields.Integer(required=True)
    items = fields.List(fields.Nested(ChecklistItem), required=True, validate=validate.Length(1, 60))

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        known = [item["item_id"] for item in data.get("items", ()) if item.get("item_id")]
        if len(known) != len(set(known)):
            raise ValidationError("invalid", "items")


class Answer(Schema):
    """`title` is the question as it was shown. Without a value the answer is taken back."""

    installation_id = fields.UUID(required=True)
    item_id = text(40)
    title = text(200)
    value = optional(2000)


class AnsweredItem(ChecklistItem):
    value = fields.String(allow_none=True)
    answered_by = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    unusual = fields.Boolean()


class Report(Schema):
    rows = fields.List(fields.Nested(AnsweredItem))


class TextChange(Schema):
    """What the technician saw, and what it should be now."""

    before = optional(4000)
    after = optional(4000)


class SsidChange(TextChange):
    after = optional(32)


class MacChange(TextChange):
    after = fields.String(load_default=None, allow_none=True, validate=a_mac)

    @post_load
    def _as_routers_write_it(self, change: dict[str, Any], **_: Any) -> dict[str, Any]:
        if change["after"]:
            digits = re.sub("[^0-9A-F]", "", change["after"].upper())
            change["after"] = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
        return change


class Changes(Schema):
    mac_address = fields.Nested(MacChange)
    wifi_ssid = fields.Nested(SsidChange)
    comments = fields.Nested(TextChange)


class Correct(Schema):
    installation_id = fields.UUID(required=True)
    changes = fields.Nested(Changes, required=True)
    wifi_password = optional(63, metadata={"verbatim": True})


class Locate(Schema):
    installation_id = fields.UUID(required=True)
    latitude = fields.Decimal(required=True, places=6, validate=validate.Range(-90, 90))
    longitude = fields.Decimal(required=True, places=6, validate=validate.Range(-180, 180))
