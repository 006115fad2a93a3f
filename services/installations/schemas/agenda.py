"""From a scheduled job to a client: what the commands take and give."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from chassis.schemas import Schema
from services.installations.schemas.shapes import (
    MOST_MINOR,
    OneSpelling,
    a_duration,
    a_mac,
    a_phone,
    a_sensible_time,
    a_service_name,
    an_address,
    optional,
    text,
)


class InstallationForm(Schema):
    """What staff fill in, new or changed."""

    zone_id = fields.UUID(required=True)
    first_name = text(120)
    last_name = text(120)
    official_id = optional(40)
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(max=320))
    address = text(300)
    neighbourhood = optional(120)
    city = optional(120)
    postal_code = optional(20)
    phone = fields.String(required=True, validate=a_phone)
    second_phone = fields.String(load_default=None, allow_none=True, validate=a_phone)
    latitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-90, 90))
    longitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-180, 180))
    scheduled_at = fields.AwareDateTime(required=True, validate=a_sensible_time)
    # None: as long as it was, or as the company's visits usually are.
    duration_minutes = fields.Integer(load_default=None, allow_none=True, validate=a_duration)
    # That it is in progress already, and not only new.
    begun = fields.Boolean(load_default=False)
    # The keys of conflicts that whoever sends the form has seen and accepted; None: nobody is there to be asked.
    despite = fields.List(fields.String(), load_default=None, allow_none=True)
    installation_cost_minor = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_MINOR))
    comments = optional(4000)
    service_name = OneSpelling(required=True, validate=a_service_name)
    ip_address = fields.String(required=True, validate=an_address)
    mac_address = fields.String(load_default=None, allow_none=True, validate=a_mac)
    router_id = fields.UUID(required=True)
    plan_id = fields.UUID(required=True)
    technician_id = fields.UUID(required=True)
    sector_id = fields.UUID(load_default=None, allow_none=True)
    wifi_ssid = optional(32)
    wifi_password = optional(63, metadata={"verbatim": True})

    @validates_schema
    def _whole_place(self, form: dict[str, Any], **_: Any) -> None:
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if form.get(one) is None and form.get(other) is not None:
                raise ValidationError("required", one)

    @post_load
    def _as_routers_write_it(self, form: dict[str, Any], **_: Any) -> dict[str, Any]:
        if form.get("mac_address"):
            digits = re.sub("[^0-9A-F]", "", form["mac_address"].upper())
            form["mac_address"] = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
        return form


class Schedule(InstallationForm):
    installation_id = fields.UUID(load_default=None, allow_none=True)
    preinstall_request_id = fields.UUID(load_default=None, allow_none=True)


class Change(InstallationForm):
    installation_id = fields.UUID(required=True)
    version = fields.Integer(load_default=None, allow_none=True)


class Scheduled(Schema):
    installation_id = fields.UUID(attribute="id")
    number = fields.Integer()
    version = fields.Integer()
    state = fields.String()
    service_changed = fields.Boolean()


class Activating(Schema):
    installation_id = fields.UUID(attribute="id")
    activation_id = fields.UUID()
    state = fields.String()


class ActivateMany(Schema):
    installation_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 500))


class AttemptView(Schema):
    """`code`: why it is not activated; None when it is on its way."""

    installation_id = fields.UUID()
    code = fields.String(allow_none=True)
    params = fields.Dict()


class Attempts(Schema):
    rows = fields.List(fields.Nested(AttemptView))


class Cancel(Schema):
    installation_id = fields.UUID(required=True)
    reason = optional(1000)


class Wifi(Schema):
    wifi_ssid = fields.String(allow_none=True)
    wifi_password = fields.String(allow_none=True)
