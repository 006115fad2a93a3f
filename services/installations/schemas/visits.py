"""The agenda: visits with what is wrong with them, moving them, proposing times, routes, and when people work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import Schema
from services.installations.model import STATES
from services.installations.schemas.shapes import a_duration, a_sensible_time, optional

LONGEST = timedelta(days=140)
DAY_MINUTES = 24 * 60


def a_week(value: list[list[list[int]]]) -> None:
    """Spans of each day in order, without touching."""
    for day in value:
        edges = [edge for span in day for edge in span]
        if any(len(span) != 2 for span in day) or edges != sorted(set(edges)):
            raise ValidationError("invalid-hours")
        if any(not 0 <= edge <= DAY_MINUTES for edge in edges):
            raise ValidationError("invalid-hours")


def a_week_field(**more: Any) -> fields.List:
    span = fields.List(fields.Integer(strict=True))
    day = fields.List(span, validate=validate.Length(max=4))
    return fields.List(day, validate=[validate.Length(equal=7), a_week], **more)


class Filters(Schema):
    technician_id = fields.UUID(load_default=None, allow_none=True)
    zone_id = fields.UUID(load_default=None, allow_none=True)


class ShowAgenda(Filters):
    first_on = fields.Date(required=True)
    last_on = fields.Date(required=True)
    states = fields.List(fields.String(validate=validate.OneOf(STATES)), load_default=None, allow_none=True)

    @validates_schema
    def _not_too_long(self, data: dict[str, Any], **_: Any) -> None:
        if not timedelta() <= data["last_on"] - data["first_on"] <= LONGEST:
            raise ValidationError("out-of-range", "last_on")


class ShowMonth(Filters):
    month = fields.String(required=True, validate=validate.Regexp(r"20\d\d-(0[1-9]|1[0-2])", error="invalid-month"))
    states = fields.List(fields.String(validate=validate.OneOf(STATES)), load_default=None, allow_none=True)


class Conflict(Schema):
    code = fields.String()
    key = fields.String()
    params = fields.Dict()


class Visit(Schema):
    installation_id = fields.UUID()
    number = fields.Integer()
    version = fields.Integer()
    state = fields.String()
    first_name = fields.String()
    last_name = fields.String()
    phone = fields.String()
    address = fields.String()
    city = fields.String(allow_none=True)
    latitude = fields.Decimal(as_string=True, allow_none=True)
    longitude = fields.Decimal(as_string=True, allow_none=True)
    zone_id = fields.UUID()
    zone_name = fields.String()
    technician_id = fields.UUID()
    plan_name = fields.String()
    scheduled_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    duration_minutes = fields.Integer()


class ShownVisit(Schema):
    visit = fields.Nested(Visit)
    conflicts = fields.List(fields.Nested(Conflict))


class Away(Schema):
    technician_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)


class Person(Schema):
    technician_id = fields.UUID()
    name = fields.String()


class Agenda(Schema):
    visits = fields.List(fields.Nested(ShownVisit))
    technicians = fields.List(fields.Nested(Person))
    away = fields.List(fields.Nested(Away))
    visit_minutes = fields.Integer()
    truncated = fields.Boolean()


class MonthDay(Schema):
    on = fields.Date()
    visits = fields.Integer()
    pending = fields.Integer()
    conflicts = fields.Integer()
    booked_minutes = fields.Integer()
    worked_minutes = fields.Integer()
    by_technician = fields.List(fields.Dict())
    closed = fields.String(allow_none=True)


class Month(Schema):
    rows = fields.List(fields.Nested(MonthDay))


class Visits(Schema):
    rows = fields.List(fields.Nested(Visit))


class Move(Schema):
    installation_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True)
    scheduled_at = fields.AwareDateTime(required=True, validate=a_sensible_time)
    technician_id = fields.UUID(required=True)
    duration_minutes = fields.Integer(required=True, strict=True, validate=a_duration)


class Reschedule(Schema):
    moves = fields.List(fields.Nested(Move), required=True, validate=validate.Length(1, 200))
    despite = fields.List(fields.String(), load_default=list)

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        ids = [move["installation_id"] for move in data["moves"]]
        if len(ids) != len(set(ids)):
            raise ValidationError("invalid", "moves")


class MovedVisit(Schema):
    installation_id = fields.UUID(attribute="id")
    version = fields.Integer()


class Rescheduled(Schema):
    rows = fields.List(fields.Nested(MovedVisit))


class CheckVisit(Schema):
    """A visit that may not exist yet."""

    installation_id = fields.UUID(load_default=None, allow_none=True)
    technician_id = fields.UUID(required=True)
    scheduled_at = fields.AwareDateTime(required=True, validate=a_sensible_time)
    duration_minutes = fields.Integer(load_default=None, allow_none=True, validate=a_duration)
    latitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-90, 90))
    longitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-180, 180))


class Conflicts(Schema):
    rows = fields.List(fields.Nested(Conflict))


class ProposeSlots(Filters):
    installation_id = fields.UUID(load_default=None, allow_none=True)
    duration_minutes = fields.Integer(load_default=None, allow_none=True, validate=a_duration)
    latitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-90, 90))
    longitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-180, 180))
    after = fields.AwareDateTime(load_default=None, allow_none=True, validate=a_sensible_time)


class Slot(Schema):
    technician_id = fields.UUID()
    technician_name = fields.String()
    scheduled_at = fields.AwareDateTime()
    duration_minutes = fields.Integer()
    nearby = fields.Integer()


class Slots(Schema):
    rows = fields.List(fields.Nested(Slot))


class ShowRoute(Schema):
    technician_id = fields.UUID(required=True)
    on = fields.Date(required=True)


class Stop(ShownVisit):
    leg_km = fields.Float()


class SuggestedMove(Schema):
    installation_id = fields.UUID()
    version = fields.Integer()
    number = fields.Integer()
    person = fields.String()
    before = fields.AwareDateTime()
    scheduled_at = fields.AwareDateTime()
    technician_id = fields.UUID()
    duration_minutes = fields.Integer()


class Suggestion(Schema):
    total_km = fields.Float()
    moves = fields.List(fields.Nested(SuggestedMove))


class Route(Schema):
    technician_name = fields.String()
    stops = fields.List(fields.Nested(Stop))
    unplaced = fields.List(fields.Nested(Visit))
    total_km = fields.Float()
    suggestion = fields.Nested(Suggestion, allow_none=True)


class SaveRules(Schema):
    visit_minutes = fields.Integer(required=True, strict=True, validate=a_duration)
    week = a_week_field(required=True)


class SaveWeek(Schema):
    technician_id = fields.UUID(required=True)
    week = a_week_field(load_default=None, allow_none=True)


class AddAbsence(Schema):
    technician_id = fields.UUID(load_default=None, allow_none=True)
    first_on = fields.Date(required=True)
    last_on = fields.Date(required=True)
    reason = optional(200)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["last_on"] < data["first_on"]:
            raise ValidationError("ends-before-it-starts", "last_on")


class Absence(Schema):
    absence_id = fields.UUID(attribute="id")
    technician_id = fields.UUID(allow_none=True)
    first_on = fields.Date()
    last_on = fields.Date()
    reason = fields.String(allow_none=True)


class OneAbsence(Schema):
    absence_id = fields.UUID(required=True)


class TechnicianWeek(Schema):
    technician_id = fields.UUID()
    name = fields.String()
    week = fields.List(fields.List(fields.List(fields.Integer())), allow_none=True)


class Working(Schema):
    visit_minutes = fields.Integer()
    week = fields.List(fields.List(fields.List(fields.Integer())))
    technicians = fields.List(fields.Nested(TechnicianWeek))
    absences = fields.List(fields.Nested(Absence))


class Rules(Schema):
    visit_minutes = fields.Integer()
    week = fields.List(fields.List(fields.List(fields.Integer())))
