"""What the provisioning service tells: routers, and what was done on them."""

from marshmallow import fields, validate

from chassis.messages import Event

MODES = ["simple_queue", "pppoe", "hotspot", "dhcp", "arp"]


class RouterChanged(Event, source="provisioning", subject="router_id"):
    """A router was added or changed. Its address and credentials are not told."""

    router_id = fields.UUID(required=True)
    name = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    active = fields.Boolean(required=True)


class ProvisioningProgressed(Event, source="provisioning", subject="installation_id"):
    """A step of the work on the router is behind us."""

    installation_id = fields.UUID(required=True)
    activation_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    router_name = fields.String(required=True)
    step = fields.String(required=True, validate=validate.OneOf(["started", "waiting", "written"]))
    reason_code = fields.String(load_default=None, allow_none=True, metadata={"description": "why it waits"})
    attempt = fields.Integer(required=True, strict=True)


class ServiceProvisioned(Event, source="provisioning", subject="installation_id"):
    """The service account is on the router, and was read back as it should be."""

    installation_id = fields.UUID(required=True)
    activation_id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    router_name = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    verified_at = fields.AwareDateTime(required=True)


class ProvisioningFailed(Event, source="provisioning", subject="installation_id"):
    """The service is not on the router, and nothing half done was left there."""

    installation_id = fields.UUID(required=True)
    activation_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    router_name = fields.String(required=True)
    reason_code = fields.String(required=True)
    reason_params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    attempts = fields.Integer(required=True, strict=True)


class RouterUnreachable(Event, source="provisioning", subject="router_id"):
    """A router stopped answering."""

    router_id = fields.UUID(required=True)
    router_name = fields.String(required=True)
    reason_code = fields.String(required=True)
