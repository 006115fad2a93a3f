"""Moving the clients of a plan to another one."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.installations.schemas.rows import Installation


class BeginPlanMove(Schema):
    from_plan_id = fields.UUID(required=True)
    to_plan_id = fields.UUID(required=True)


class PlanMoveRef(Schema):
    move_id = fields.UUID(required=True)


class SteerPlanMove(PlanMoveRef):
    how = fields.String(required=True, validate=validate.OneOf(["pause", "resume", "stop"]))


class PlanMoveView(Schema):
    move_id = fields.UUID(attribute="id")
    from_plan_id = fields.UUID()
    from_plan_name = fields.String(attribute="from_plan.name")
    to_plan_name = fields.String(attribute="to_plan.name")
    state = fields.String()
    total = fields.Integer()
    moved = fields.Integer()
    asked_by = fields.String()
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime()


class PlanMoves(Schema):
    rows = fields.List(fields.Nested(PlanMoveView))
    next = fields.String(allow_none=True)


class PlanMoveReport(Schema):
    """`refused`: the clients whose router did not take it; their service is what it was."""

    move = fields.Nested(PlanMoveView)
    refused = fields.List(fields.Nested(Installation))
