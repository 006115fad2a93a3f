"""What the installations service tells: plans, installations, and the clients they become."""

from marshmallow import fields, validate

from chassis.messages import Event
from events.shapes import InstallationFields, PlanShape, ShapingShape

IMPORT_UNDONE = "import-undone"
END_REASONS = ["moved", "price", "competitor", "quality", "debt", "other", IMPORT_UNDONE]
"""Why services end. The last one is told when the import that made a client is taken back."""


class PlanChanged(Event, source="installations", subject="plan_id"):
    """An internet plan was created or changed; speeds in kbit/s, price in minor units of `currency`."""

    plan_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    name = fields.String(required=True)
    download_kbps = fields.Integer(required=True, strict=True)
    upload_kbps = fields.Integer(required=True, strict=True)
    price_minor = fields.Integer(required=True, strict=True)
    currency = fields.String(required=True)
    active = fields.Boolean(required=True)
    shaping = fields.Nested(ShapingShape, load_default=None, allow_none=True)


class InstallationScheduled(InstallationFields, Event, source="installations", subject="installation_id"):
    """A job was put on the agenda."""


class InstallationChanged(InstallationFields, Event, source="installations", subject="installation_id"):
    """Something about a scheduled installation changed; carries all of it.

    `rescheduled_from`: when the visit was to be before, if this change gave it another time.
    """

    rescheduled_from = fields.AwareDateTime(load_default=None, allow_none=True)


class InstallationActivationRequested(Event, source="installations", subject="installation_id"):
    """The service is to be put on the router. `activation_id` tells one attempt from the next."""

    installation_id = fields.UUID(required=True)
    activation_id = fields.UUID(required=True)
    number = fields.Integer(required=True, strict=True)
    router_id = fields.UUID(required=True)
    service_name = fields.String(required=True)
    ip_address = fields.String(required=True)
    mac_address = fields.String(load_default=None, allow_none=True)
    plan = fields.Nested(PlanShape, required=True)


class InstallationActivated(InstallationFields, Event, source="installations", subject="installation_id"):
    """The service was verified on its router, and the installation became a client."""

    activation_id = fields.UUID(required=True)
    client_number = fields.Integer(required=True, strict=True)
    activated_at = fields.AwareDateTime(required=True)


class InstallationActivationFailed(Event, source="installations", subject="installation_id"):
    """The router could not be set up; the installation is in progress again and may be retried."""

    installation_id = fields.UUID(required=True)
    activation_id = fields.UUID(required=True)
    reason_code = fields.String(required=True)
    reason_params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)


class InstallationCancelled(Event, source="installations", subject="installation_id"):
    """The job will not be done."""

    installation_id = fields.UUID(required=True)
    reason = fields.String(load_default=None, allow_none=True)


class ServiceChanged(InstallationFields, Event, source="installations", subject="installation_id"):
    """An active client's plan, address, name on the router or router changed; carries all of it."""

    client_number = fields.Integer(required=True, strict=True)


class ServiceEndPlanned(Event, source="installations", subject="installation_id"):
    """A client's service is to end on a day that is still to come."""

    installation_id = fields.UUID(required=True)
    client_number = fields.Integer(required=True, strict=True)
    ends_on = fields.Date(required=True)
    reason_code = fields.String(required=True, validate=validate.OneOf(END_REASONS))


class ServiceEndRequested(Event, source="installations", subject="installation_id"):
    """A client's service is to be taken off its router now, and no later day is to be invoiced.

    `release`: rows that were on the router before Alta stay there, as somebody else's again. `without_router`: one
    that is out of use is not waited for.
    """

    installation_id = fields.UUID(required=True)
    client_number = fields.Integer(required=True, strict=True)
    ends_on = fields.Date(required=True)
    reason_code = fields.String(required=True, validate=validate.OneOf(END_REASONS))
    release = fields.Boolean(load_default=False)
    without_router = fields.Boolean(load_default=False)


class ServiceEndWithdrawn(InstallationFields, Event, source="installations", subject="installation_id"):
    """A service that was to end goes on: it is to be on its router as before; carries all of it."""

    client_number = fields.Integer(required=True, strict=True)


class ServiceEnded(InstallationFields, Event, source="installations", subject="installation_id"):
    """Nothing of the service is on a router any more: whoever had it was a client until `ends_on`.

    `left_on_router`: but for one that is out of use, which was not asked.
    """

    client_number = fields.Integer(required=True, strict=True)
    ends_on = fields.Date(required=True)
    ended_at = fields.AwareDateTime(required=True)
    left_on_router = fields.Boolean(load_default=False)
    reason_code = fields.String(required=True, validate=validate.OneOf(END_REASONS))
