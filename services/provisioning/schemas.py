"""What the RPC methods take and give. Speeds in kbit/s."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from events.provisioning import WAYS
from services.provisioning.modes import SUPPORTED

SHA256 = r"^[0-9a-f]{64}$"


class Nothing(Schema):
    pass


class Summary(Schema):
    lost_routers = fields.Integer()
    failed_jobs = fields.Integer()


class ListPage(Schema):
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, strict=True, validate=validate.Range(1, 200))


class RouterSearch(ListPage):
    lost = fields.Boolean(load_default=False)


class ListJobs(ListPage):
    state = fields.String(load_default=None, allow_none=True)
    router_id = fields.UUID(load_default=None, allow_none=True)


class JobRef(Schema):
    job_id = fields.UUID(required=True)


class RouterRef(Schema):
    router_id = fields.UUID(required=True)


class InstallationRef(Schema):
    installation_id = fields.UUID(required=True)


def _named(*, min: int = 0) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(min, 100))


class SaveRouter(Schema):
    """Without `router_id` a router is added; without `password`, or with an empty one, the present one is kept.

    How the router suspends (`suspend_by` and what that way needs), and the `server` or `interface` that clients
    are at, stay as they are when they are left out; an empty text takes a name away.
    """

    router_id = fields.UUID(load_default=None, allow_none=True)
    name = fields.String(required=True, validate=validate.Length(1, 100))
    address = fields.String(
        required=True, validate=[validate.Length(1, 255), validate.Regexp(r"^[A-Za-z0-9.:_-]+$", error="invalid")]
    )
    port = fields.Integer(required=True, validate=validate.Range(1, 65535))
    tls = fields.Boolean(load_default=False)
    certificate_sha256 = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(SHA256, error="invalid")
    )
    username = fields.String(required=True, validate=validate.Length(1, 100))
    password = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(max=200),
        metadata={"verbatim": True},
    )
    mode = fields.String(required=True, validate=validate.OneOf(SUPPORTED, error="mode-not-supported"))
    active = fields.Boolean(load_default=True)
    suspend_by = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(WAYS, error="unknown-way"))
    suspended_list = _named(min=1)
    suspended_profile = _named()
    suspended_kbps = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(8, 1_000_000)
    )
    server = _named()
    interface = _named()
    compare_hours = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 168))
    repairs_itself = fields.Boolean(load_default=None, allow_none=True)
    command_seconds = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(2, 120))
    commands_in_flight = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 50))


class RouterView(Schema):
    """A router without its password. `lost_at`: since when it does not answer, or null."""

    router_id = fields.UUID(attribute="id")
    name = fields.String()
    address = fields.String()
    port = fields.Integer()
    tls = fields.Boolean()
    certificate_sha256 = fields.String()
    username = fields.String()
    mode = fields.String()
    active = fields.Boolean()
    suspend_by = fields.String()
    suspended_list = fields.String()
    suspended_profile = fields.String()
    suspended_kbps = fields.Integer()
    server = fields.String()
    interface = fields.String()
    lost_at = fields.AwareDateTime()
    compare_hours = fields.Integer()
    repairs_itself = fields.Boolean()
    command_seconds = fields.Integer()
    commands_in_flight = fields.Integer()
    compared_at = fields.AwareDateTime()
    compare_failure = fields.String()
    version = fields.Integer()


class RouterPage(Schema):
    rows = fields.List(fields.Nested(RouterView))
    next = fields.String()


class CheckView(Schema):
    check = fields.String()
    ok = fields.Boolean()
    code = fields.String()
    params = fields.Dict()


class TestView(Schema):
    """The steps that were taken: connect, certificate, login, permissions, mode."""

    ok = fields.Boolean()
    checks = fields.List(fields.Nested(CheckView))


class DifferenceView(Schema):
    kind = fields.String()
    menu = fields.String()
    name = fields.String()
    properties = fields.List(fields.String())


class ClientDifferences(Schema):
    installation_id = fields.UUID()
    name = fields.String()
    differences = fields.List(fields.Nested(DifferenceView))


class ComparisonView(Schema):
    """`compared`: how many services; `strays`: rows with our marker that belong to nobody here."""

    compared = fields.Integer()
    clients = fields.List(fields.Nested(ClientDifferences))
    strays = fields.List(fields.Nested(DifferenceView))


class FoundView(Schema):
    """A service on the router that is none of ours; the row's password is not told. Speeds in kbit/s."""

    row_id = fields.String()
    menu = fields.String()
    name = fields.String()
    ip_address = fields.String()
    mac_address = fields.String()
    download_kbps = fields.Integer()
    upload_kbps = fields.Integer()
    profile = fields.String()
    comment = fields.String()
    disabled = fields.Boolean()


class FoundServices(Schema):
    rows = fields.List(fields.Nested(FoundView))


class AdoptedPair(Schema):
    row_id = fields.String(required=True, validate=validate.Length(1, 20))
    name = fields.String(required=True, validate=validate.Length(max=200))
    installation_id = fields.UUID(required=True)


class Adopt(RouterRef):
    """`name` is the row's as it was seen: a row that has another one since is not taken."""

    pairs = fields.List(fields.Nested(AdoptedPair), required=True, validate=validate.Length(1, 500))


class AdoptedView(AdoptedPair):
    outcome = fields.String()


class Adopted(Schema):
    """`outcome`: adopted, row-gone, row-adopted-by-another or already-on-router."""

    rows = fields.List(fields.Nested(AdoptedView))


class OfRouter(Schema):
    router_id = fields.UUID(load_default=None, allow_none=True)


class SavePool(Schema):
    """Without `pool_id` a pool is added. `addresses`: a network, a range, or one address; `reserved`: several."""

    pool_id = fields.UUID(load_default=None, allow_none=True)
    router_id = fields.UUID(required=True)
    name = fields.String(required=True, validate=validate.Length(1, 100))
    addresses = fields.String(required=True, validate=validate.Length(1, 60))
    reserved = fields.String(load_default="", validate=validate.Length(max=2000))
    active = fields.Boolean(load_default=True)


class PoolRef(Schema):
    pool_id = fields.UUID(attribute="id")


class PoolView(Schema):
    """`addresses` and `reserved` as people write them; `read_failure`: why `read_at` is not newer."""

    pool_id = fields.UUID()
    router_id = fields.UUID()
    router_name = fields.String()
    name = fields.String()
    addresses = fields.String()
    reserved = fields.String()
    active = fields.Boolean()
    read_at = fields.AwareDateTime()
    read_failure = fields.String()


class Pools(Schema):
    rows = fields.List(fields.Nested(PoolView))


class PoolSuggestion(Schema):
    name = fields.String()
    addresses = fields.String()


class PoolSuggestions(Schema):
    rows = fields.List(fields.Nested(PoolSuggestion))


class FindDifferences(ListPage):
    router_id = fields.UUID(load_default=None, allow_none=True)
    kind = fields.String(load_default=None, allow_none=True)


class FoundDifferenceView(DifferenceView):
    router_id = fields.UUID()
    installation_id = fields.UUID()
    found_at = fields.AwareDateTime()


class DifferencePage(Schema):
    """`counts`: how many there are, by router."""

    rows = fields.List(fields.Nested(FoundDifferenceView))
    next = fields.String()
    counts = fields.Dict(keys=fields.UUID(), values=fields.Integer())


class RepairRouter(RouterRef):
    installation_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 10_000))


class Repairing(Schema):
    asked = fields.Integer()


class AdjustmentView(Schema):
    """A service of which something else is wanted now. The outcome is told by an event."""

    account_id = fields.UUID(attribute="id")
    installation_id = fields.UUID()
    state = fields.String()
    suspended = fields.Boolean()
    pending = fields.List(fields.String())


class ProofView(Schema):
    """`ok` is null for what is not wrong, but has not happened yet."""

    check = fields.String()
    ok = fields.Boolean()
    code = fields.String()
    params = fields.Dict()


class Verification(Schema):
    proof = fields.List(fields.Nested(ProofView))
    proved_at = fields.AwareDateTime()


class AccountView(Schema):
    """`password` only in modes that have one, and only for whom it is meant.

    `suspended` is what is wanted, and `pending` what of it the router has not confirmed yet.
    """

    account_id = fields.UUID()
    installation_id = fields.UUID()
    state = fields.String()
    service_name = fields.String()
    ip_address = fields.String()
    mac_address = fields.String()
    download_kbps = fields.Integer()
    upload_kbps = fields.Integer()
    shaping = fields.Dict()
    suspended = fields.Boolean()
    pending = fields.List(fields.String())
    mode = fields.String()
    router_id = fields.UUID()
    router_name = fields.String()
    observed = fields.Dict()
    verified_at = fields.AwareDateTime()
    reason_code = fields.String()
    reason_params = fields.Dict()
    proof = fields.List(fields.Nested(ProofView))
    proved_at = fields.AwareDateTime()
    password = fields.String()


class StandingView(Schema):
    """What a client may know of their service: whether it is on its router, and whether it is cut."""

    state = fields.String()
    suspended = fields.Boolean()
    download_kbps = fields.Integer()
    upload_kbps = fields.Integer()


class AccountSearch(ListPage):
    router_id = fields.UUID(load_default=None, allow_none=True)
    state = fields.String(load_default=None, allow_none=True)
    search = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class AccountPage(Schema):
    rows = fields.List(fields.Nested(AccountView(exclude=["password", "observed", "proof", "proved_at"])))
    next = fields.String()


class JobView(Schema):
    """`installation_id`, `service_name` and `router_name`: whose work it is and where, when it is of one client."""

    id = fields.UUID()
    kind = fields.String()
    key = fields.String()
    router_name = fields.String()
    installation_id = fields.UUID()
    service_name = fields.String()
    state = fields.String()
    attempt = fields.Integer()
    next_attempt_at = fields.AwareDateTime()
    last_error = fields.String()
    created_at = fields.AwareDateTime()


class JobPage(Schema):
    rows = fields.List(fields.Nested(JobView))
    next = fields.String()
