"""Changing many installations or clients at once."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import Schema
from services.installations.schemas.endings import REASONS
from services.installations.schemas.shapes import Paging, optional, optional_id

# What each action must be told.
NEEDS = {
    "assign": ("technician_id",),
    "reschedule": (),
    "start": (),
    "cancel": ("reason",),
    "change_plan": ("plan_id",),
    "end": ("end_reason",),
}


class ChosenInstallations(Schema):
    """Those of the ids, or all that the list finds with these filters."""

    list = fields.String(required=True, validate=validate.OneOf(["installations", "clients"]))
    installation_ids = fields.List(fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(1, 1000))
    filters = fields.Dict(keys=fields.String(), load_default=dict)


class PreviewBulkChange(Schema):
    chosen = fields.Nested(ChosenInstallations, required=True)


class BulkChangePreview(Schema):
    total = fields.Integer()
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer())


class BeginBulkChange(Schema):
    """`day` or `days` say to when; `accepted`: also where the agenda has a conflict then. `ends_on` and
    `without_router` as in `EndService`."""

    action = fields.String(required=True, validate=validate.OneOf(NEEDS))
    chosen = fields.Nested(ChosenInstallations, required=True)
    technician_id = optional_id()
    plan_id = optional_id()
    reason = optional(1000)
    day = fields.Date(load_default=None, allow_none=True)
    days = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(-365, 365))
    accepted = fields.Boolean(load_default=False)
    end_reason = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(REASONS))
    ends_on = fields.Date(load_default=None, allow_none=True)
    note = optional(1000)
    without_router = fields.Boolean(load_default=False)

    @validates_schema
    def _has_what_it_needs(self, data: dict[str, Any], **_: Any) -> None:
        for name in NEEDS.get(data.get("action", ""), ()):
            if not data.get(name):
                raise ValidationError("required", name)
        if data.get("action") == "reschedule" and not data.get("day") and not data.get("days"):
            raise ValidationError("required", "day")


class OneBulkChange(Schema):
    change_id = fields.UUID(required=True)


class BulkChangeView(Schema):
    change_id = fields.UUID(attribute="id")
    action = fields.String()
    wanted = fields.Dict()
    state = fields.String()
    total = fields.Integer()
    done = fields.Integer()
    refused = fields.Integer()
    asked_by = fields.String()
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class BulkChanges(Schema):
    rows = fields.List(fields.Nested(BulkChangeView))
    next = fields.String(allow_none=True)


class ItemsOfBulkChange(Paging, OneBulkChange):
    state = fields.String(load_default=None, allow_none=True)


class BulkChangeItem(Schema):
    installation_id = fields.UUID()
    number = fields.Integer(attribute="installation.number")
    person = fields.String(attribute="installation.person")
    installation_state = fields.String(attribute="installation.state")
    state = fields.String()
    reason_code = fields.String(allow_none=True)
    reason_params = fields.Dict(allow_none=True)


class BulkChangeItems(Schema):
    rows = fields.List(fields.Nested(BulkChangeItem))
    next = fields.String(allow_none=True)
