"""Zones, sectors, plans, and what they are chosen from."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import Schema
from services.installations.schemas.shapes import MOST_MINOR, text


class SaveZone(Schema):
    zone_id = fields.UUID(load_default=None, allow_none=True)
    name = text(120)
    router_id = fields.UUID(required=True)


class Zone(Schema):
    zone_id = fields.UUID(attribute="id")
    name = fields.String()
    router_id = fields.UUID()
    router_name = fields.String(allow_none=True)


class Zones(Schema):
    rows = fields.List(fields.Nested(Zone))


class OfZone(Schema):
    zone_id = fields.UUID(load_default=None, allow_none=True)


class SaveSector(Schema):
    sector_id = fields.UUID(load_default=None, allow_none=True)
    zone_id = fields.UUID(required=True)
    name = text(120)


class Sector(Schema):
    sector_id = fields.UUID(attribute="id")
    zone_id = fields.UUID()
    name = fields.String()


class Sectors(Schema):
    rows = fields.List(fields.Nested(Sector))


class OfRouter(Schema):
    router_id = fields.UUID(load_default=None, allow_none=True)


SPEED = {"load_default": 0, "strict": True, "validate": validate.Range(0, 100_000_000)}


class Shaping(Schema):
    """See `events.shapes.ShapingShape`."""

    burst_download_kbps = fields.Integer(**SPEED)
    burst_upload_kbps = fields.Integer(**SPEED)
    threshold_download_kbps = fields.Integer(**SPEED)
    threshold_upload_kbps = fields.Integer(**SPEED)
    burst_seconds = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 3600))
    guaranteed_download_kbps = fields.Integer(**SPEED)
    guaranteed_upload_kbps = fields.Integer(**SPEED)
    priority = fields.Integer(load_default=8, strict=True, validate=validate.Range(1, 8))


class SavePlan(Schema):
    plan_id = fields.UUID(load_default=None, allow_none=True)
    router_id = fields.UUID(required=True)
    name = text(120)
    download_kbps = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100_000_000))
    upload_kbps = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100_000_000))
    price_minor = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_MINOR))
    active = fields.Boolean(load_default=True)
    shaping = fields.Nested(Shaping, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        """As RouterOS refuses it, or silently does nothing with it."""
        shaping, wrong = data["shaping"] or Shaping().load({}), {}
        for way in ("download", "upload"):
            highest = data[f"{way}_kbps"]
            if shaping[f"guaranteed_{way}_kbps"] > highest:
                wrong[f"guaranteed_{way}_kbps"] = ["guaranteed-above-highest"]
            burst, threshold = shaping[f"burst_{way}_kbps"], shaping[f"threshold_{way}_kbps"]
            if (burst or threshold) and not (burst > highest and 0 < threshold <= burst and shaping["burst_seconds"]):
                wrong[f"burst_{way}_kbps"] = ["burst-incomplete"]
        if wrong:
            raise ValidationError({"shaping": wrong})


class Plan(Schema):
    plan_id = fields.UUID(attribute="id")
    router_id = fields.UUID()
    shaping = fields.Dict(allow_none=True)
    name = fields.String()
    download_kbps = fields.Integer()
    upload_kbps = fields.Integer()
    price_minor = fields.Integer()
    currency = fields.String()
    active = fields.Boolean()


class Plans(Schema):
    rows = fields.List(fields.Nested(Plan))


class Router(Schema):
    router_id = fields.UUID(attribute="id")
    name = fields.String()
    mode = fields.String()
    active = fields.Boolean()


class Routers(Schema):
    rows = fields.List(fields.Nested(Router))


class Technician(Schema):
    technician_id = fields.UUID(attribute="id")
    name = fields.String()
    role = fields.String()


class Technicians(Schema):
    rows = fields.List(fields.Nested(Technician))
