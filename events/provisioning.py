"""What the provisioning service tells: routers, and what was done on them."""

from marshmallow import fields, validate

from chassis.messages import Event
from events.shapes import AddressRangeShape, CheckShape, TakenAddressShape

MODES = ["simple_queue", "pppoe", "hotspot", "dhcp", "arp"]
WAYS = ["address_list", "profile", "disable", "low_rate"]
OPERATIONS = ["change", "suspend", "reconnect", "remove"]


class RouterChanged(Event, source="provisioning", subject="router_id"):
    """A router was added or changed. Its address and credentials are not told."""

    router_id = fields.UUID(required=True)
    name = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    active = fields.Boolean(required=True)


class PoolChanged(Event, source="provisioning", subject="pool_id"):
    """A range of addresses that clients of a router are given was added or changed."""

    pool_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    name = fields.String(required=True)
    first_address = fields.IPv4(required=True)
    last_address = fields.IPv4(required=True)
    reserved = fields.List(fields.Nested(AddressRangeShape), required=True)
    active = fields.Boolean(required=True)


class PoolRead(Event, source="provisioning", subject="pool_id"):
    """What a router uses of a pool besides the services of Alta: all of it, in place of what was told before."""

    pool_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    taken = fields.List(fields.Nested(TakenAddressShape), required=True)
    read_at = fields.AwareDateTime(required=True)


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
    checks = fields.List(fields.Nested(CheckShape), load_default=list)


class ProvisioningFailed(Event, source="provisioning", subject="installation_id"):
    """The service is not on the router, and nothing half done was left there."""

    installation_id = fields.UUID(required=True)
    activation_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    router_name = fields.String(required=True)
    reason_code = fields.String(required=True)
    reason_params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    attempts = fields.Integer(required=True, strict=True)


class ServiceFields:
    """A client's service and the router that it is on."""

    installation_id = fields.UUID(required=True)
    account_id = fields.UUID(required=True)
    router_id = fields.UUID(required=True)
    router_name = fields.String(required=True)


class ServiceAdjusted(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """A change of an active service (plan, address, name, router) is on the router, and was read back."""

    verified_at = fields.AwareDateTime(required=True)
    asked_version = fields.Integer(load_default=None, allow_none=True)


class ServiceVerified(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """A client's service was looked at on its router for somebody, and is another than when last looked at."""

    checks = fields.List(fields.Nested(CheckShape), required=True)
    verified_at = fields.AwareDateTime(required=True)


class ServiceSuspended(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """The service is cut on its router, that was read back, and no session of before is left."""

    suspended_by = fields.String(required=True, validate=validate.OneOf(WAYS))
    verified_at = fields.AwareDateTime(required=True)


class ServiceReconnected(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """The service is no longer cut on its router, and was read back as it should be."""

    verified_at = fields.AwareDateTime(required=True)


class ServiceRemoved(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """Nothing of the service is left on its router, no session either.

    `asked_version`: the installation's, in the newest wish that this answers. `released`: rows of before Alta are there
    still, and are nobody's here.
    """

    removed_at = fields.AwareDateTime(required=True)
    asked_version = fields.Integer(load_default=None, allow_none=True)
    released = fields.Boolean(load_default=False)


class ServiceAbandoned(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """A service counts as gone, as staff asked: its router is out of use, and was not asked.

    What is on it is taken away when it is in use again; `ServiceRemoved` tells that. `asked_version` as there.
    """

    abandoned_at = fields.AwareDateTime(required=True)
    asked_version = fields.Integer(required=True)


class RemovalDelayed(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """A service could not be taken off its router yet; that is tried until the router answers. Once for each reason."""

    asked_version = fields.Integer(load_default=None, allow_none=True)
    reason_code = fields.String(required=True)
    reason_params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)


class AdjustmentFailed(ServiceFields, Event, source="provisioning", subject="installation_id"):
    """A router refused for good what an existing service should become; what was there before is there still.

    `asked_version`: the installation's, in the newest wish that it speaks of.
    """

    asked_version = fields.Integer(load_default=None, allow_none=True)
    operation = fields.String(required=True, validate=validate.OneOf(OPERATIONS))
    reason_code = fields.String(required=True)
    reason_params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)


class RouterUnreachable(Event, source="provisioning", subject="router_id"):
    """A router stopped answering."""

    router_id = fields.UUID(required=True)
    router_name = fields.String(required=True)
    reason_code = fields.String(required=True)
