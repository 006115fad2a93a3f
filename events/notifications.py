"""What the notifications service tells: what became of each message to a person."""

from marshmallow import fields, validate

from chassis.messages import Event

CHANNELS = ["email", "sms"]


class NotificationSent(Event, source="notifications", subject="notification_id"):
    """A channel took a message over for delivery. `about` is the entity that the message speaks of."""

    notification_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"description": "which message: request-received, activated..."})
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    audience = fields.String(required=True, validate=validate.OneOf(["person", "company"]))
    about = fields.String(required=True)
    sent_at = fields.AwareDateTime(required=True)


class NotificationFailed(Event, source="notifications", subject="notification_id"):
    """A message could not be delivered and will not be tried again by itself."""

    notification_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    about = fields.String(required=True)
    reason_code = fields.String(required=True)
