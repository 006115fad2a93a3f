"""What the notifications service's RPC methods take and give. Times ISO 8601."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.notifications.model import CHANNELS, STATES
from services.notifications.wording import short_kinds


class Nothing(Schema):
    pass


class Summary(Schema):
    failed = fields.Integer()


class MessageSearch(Schema):
    about = fields.UUID(load_default=None, allow_none=True)
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    channel = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CHANNELS))
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


class SaveSmsGateway(Schema):
    active = fields.Boolean(required=True)
    method = fields.String(required=True, validate=validate.OneOf(["GET", "POST", "PUT"]))
    url = fields.String(required=True, validate=validate.Length(1, 1000))
    headers = fields.String(load_default="", validate=validate.Length(max=4000))
    body = fields.String(load_default="", validate=validate.Length(max=10_000))
    accepted_when = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    country = fields.String(required=True, validate=validate.Regexp("[A-Z]{2}", error="invalid"))
    kinds = fields.List(fields.String(validate=validate.OneOf(short_kinds())), load_default=list)
    secret = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=1000))


class SmsGateway(Schema):
    """The secret is never told, only whether there is one."""

    active = fields.Boolean()
    method = fields.String()
    url = fields.String()
    headers = fields.String()
    body = fields.String()
    accepted_when = fields.String(allow_none=True)
    country = fields.String()
    kinds = fields.List(fields.String())
    has_secret = fields.Boolean()


class TrySmsGateway(Schema):
    phone = fields.String(required=True, validate=validate.Length(1, 30))


class Reachable(Schema):
    """How clients can be reached besides by e-mail."""

    sms = fields.Boolean()
