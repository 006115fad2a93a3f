"""Where installations and clients are."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import Schema

_CORNERS = ("south", "west", "north", "east")


def _degrees(most: int) -> fields.Decimal:
    return fields.Decimal(load_default=None, allow_none=True, validate=validate.Range(-most, most))


class Places(Schema):
    """Of a zone, or within four corners."""

    zone_id = fields.UUID(load_default=None, allow_none=True)
    south, north = _degrees(90), _degrees(90)
    west, east = _degrees(180), _degrees(180)

    @validates_schema
    def _somewhere(self, asked: dict[str, Any], **_: Any) -> None:
        if asked.get("zone_id") is None:
            missing = {name: ["required"] for name in _CORNERS if asked.get(name) is None}
            if missing:
                raise ValidationError(missing)


class Place(Schema):
    installation_id = fields.UUID(attribute="id")
    name = fields.String(attribute="person")
    state = fields.String()
    zone_id = fields.UUID()
    zone_name = fields.String(attribute="zone.name")
    latitude = fields.Decimal(as_string=True)
    longitude = fields.Decimal(as_string=True)


class PlaceRows(Schema):
    rows = fields.List(fields.Nested(Place))
