"""What lists are filtered by."""

from __future__ import annotations

from marshmallow import fields

from chassis.schemas import Schema


class Choice(Schema):
    id = fields.UUID()
    name = fields.String()


class Choices(Schema):
    zones = fields.List(fields.Nested(Choice))
    technicians = fields.List(fields.Nested(Choice))
    routers = fields.List(fields.Nested(Choice))
    plans = fields.List(fields.Nested(Choice))
    sectors = fields.List(fields.Nested(Choice))
