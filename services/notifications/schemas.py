"""What the notifications service's RPC methods take and give. Times ISO 8601."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.notifications.model import STATES


class MessageSearch(Schema):
    about = fields.UUID(load_default=None, allow_none=True)
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(1, 200))


class MessageRow(Schema):
    message_id = fields.UUID(attribute="id")
    kind = fields.String()
    audience = fields.String()
    channel = fields.String()
    about = fields.String()
    installation_id = fields.UUID(allow_none=True)
    recipient = fields.String()
    recipient_name = fields.String()
    subject = fields.String()
    state = fields.String()
    failure_code = fields.String(allow_none=True)
    failure_params = fields.Dict(allow_none=True)
    created_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)


class Messages(Schema):
    rows = fields.List(fields.Nested(MessageRow))
    next = fields.String(allow_none=True)


class OneMessage(Schema):
    message_id = fields.UUID(required=True)


class Message(MessageRow):
    """The bodies as they may be shown: a secret link is not in them."""

    text = fields.String(attribute="shown_text")
    html = fields.String(attribute="shown_html")
