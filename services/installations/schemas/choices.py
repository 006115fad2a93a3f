"""What lists are filtered by."""

from __future__ import annotations

from marshmallow import fields

from chassis.schemas import Rows, Schema


class Choice(Schema):
    id = fields.UUID()
    name = fields.String()


class Choices(Schema):
    zones = Rows(fields.Nested(Choice))
    technicians = Rows(fields.Nested(Choice))
    routers = Rows(fields.Nested(Choice))
    plans = Rows(fields.Nested(Choice))
    sectors = Rows(fields.Nested(Choice))
