"""What the preinstall service tells: requests from the public form."""

from marshmallow import fields

from chassis.messages import Event
from events.shapes import DocumentShape, PersonFields


class PreinstallSubmitted(PersonFields, Event, source="preinstall", subject="request_id"):
    """A prospect sent the public form."""

    request_id = fields.UUID(required=True)
    tracking_number = fields.String(required=True)
    comments = fields.String(load_default=None, allow_none=True)
    documents = fields.List(fields.Nested(DocumentShape), required=True)
    submitted_at = fields.AwareDateTime(required=True)


class PreinstallRejected(PersonFields, Event, source="preinstall", subject="request_id"):
    """The company will not install; `reason` is what the person is told."""

    request_id = fields.UUID(required=True)
    tracking_number = fields.String(required=True)
    reason = fields.String(required=True)
    rejected_at = fields.AwareDateTime(required=True)


class PreinstallMerged(Event, source="preinstall", subject="request_id"):
    """The same person had asked before: what this request said and sent went to the other one."""

    request_id = fields.UUID(required=True)
    tracking_number = fields.String(required=True)
    into_request_id = fields.UUID(required=True)


class PreinstallApproved(Event, source="preinstall", subject="request_id"):
    """The request became an installation; its documents go with it."""

    request_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    documents = fields.List(fields.Nested(DocumentShape), required=True)
