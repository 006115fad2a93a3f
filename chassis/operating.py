"""What every service answers to its operators, its parked messages; and to owners, who changed what."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from chassis import auditing, parking
from chassis.calls import Call
from chassis.declarations import command, query
from chassis.errors import NotAllowed
from chassis.schemas import Schema

_SHOWN = ("id", "origin", "queue", "message_id", "company_id", "error", "attempts", "parked_at", "state")


class Paged(Schema):
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25)


class Parked(Schema):
    id = fields.UUID(required=True)


class AuditSearch(Schema):
    person = fields.String(load_default=None, allow_none=True)
    subject = fields.String(load_default=None, allow_none=True)
    method = fields.String(load_default=None, allow_none=True)
    search = fields.String(load_default=None, allow_none=True)
    from_at = fields.AwareDateTime(load_default=None, allow_none=True)
    to_at = fields.AwareDateTime(load_default=None, allow_none=True)
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=50)


class OperatorsMethods:
    """Parked messages are only for the `system`: a parked body may be any company's."""

    @query(takes=AuditSearch)
    def audit_find(self, call: Call) -> Any:
        if call.actor.role != "owner":
            raise NotAllowed("for-owners-only")
        page = auditing.find(call.session, **call.data)
        return {"rows": [auditing.told(row) for row in page.rows], "next": page.next}

    @query(takes=Paged, public=True)
    def parked_list(self, call: Call) -> Any:
        _for_operators_only(call)
        page = parking.list_parked(call.session, **call.data)
        return {"rows": [{name: getattr(row, name) for name in _SHOWN} for row in page.rows], "next": page.next}

    @query(takes=Parked, public=True)
    def parked_show(self, call: Call) -> Any:
        _for_operators_only(call)
        row = dict(parking.show(call.session, call.data["id"]))
        return {**row, "body": row["body"].decode(errors="replace")}

    @command(takes=Parked, public=True)
    def parked_retry(self, call: Call) -> Any:
        _for_operators_only(call)
        parking.retry(call.session, call.data["id"])
        return {}

    @command(takes=Parked, public=True)
    def parked_drop(self, call: Call) -> Any:
        _for_operators_only(call)
        parking.drop(call.session, call.data["id"])
        return {}


def _for_operators_only(call: Call) -> None:
    if call.actor.kind != "system":
        raise NotAllowed("for-operators-only")
