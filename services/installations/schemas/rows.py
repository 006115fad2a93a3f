"""Installations and clients as screens show them, and how they are looked for."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Rows, Schema
from services.installations.model import CURRENT, ENDED, STATES
from services.installations.schemas.choices import Choices
from services.installations.schemas.shapes import TwoWayPaging, optional, optional_id, sorted_by

SORTS = ("number", "person", "scheduled_at", "created_at", "city", "ip", "zone", "router", "plan", "technician")


class InstallationRow(Schema):
    installation_id = fields.UUID()
    number = fields.Integer()
    client_number = fields.Integer(allow_none=True)
    activated_at = fields.AwareDateTime(allow_none=True)
    state = fields.String()
    version = fields.Integer()
    first_name = fields.String()
    last_name = fields.String()
    official_id = fields.String(allow_none=True)
    phone = fields.String()
    second_phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    address = fields.String()
    neighbourhood = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postal_code = fields.String(allow_none=True)
    scheduled_at = fields.AwareDateTime()
    duration_minutes = fields.Integer()
    created_at = fields.AwareDateTime()
    zone_id = fields.UUID()
    zone_name = fields.String()
    router_id = fields.UUID()
    plan_id = fields.UUID()
    router_name = fields.String(allow_none=True)
    plan_name = fields.String()
    sector_id = fields.UUID(allow_none=True)
    sector_name = fields.String(allow_none=True)
    technician_id = fields.UUID()
    technician_name = fields.String(allow_none=True)
    service_name = fields.String()
    ip_address = fields.String()
    mac_address = fields.String(allow_none=True)
    wifi_ssid = fields.String(allow_none=True)
    installation_cost_minor = fields.Integer()
    currency = fields.String()
    comments = fields.String(allow_none=True)
    failure_code = fields.String(allow_none=True)
    failure_params = fields.Dict(allow_none=True)
    cancel_reason = fields.String(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    end_reason = fields.String(allow_none=True)
    end_note = fields.String(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class Installation(InstallationRow):
    installation_id = fields.UUID(attribute="id")
    zone_name = fields.String(attribute="zone.name")
    router_name = fields.String(attribute="router.name", allow_none=True, dump_default=None)
    router_active = fields.Boolean(attribute="router.active", allow_none=True, dump_default=None)
    without_router = fields.Boolean()
    plan_name = fields.String(attribute="plan.name")
    sector_name = fields.String(attribute="sector.name", allow_none=True, dump_default=None)
    technician_name = fields.String(attribute="technician.name", allow_none=True, dump_default=None)
    preinstall_request_id = fields.UUID(allow_none=True)
    latitude = fields.Decimal(as_string=True, allow_none=True)
    longitude = fields.Decimal(as_string=True, allow_none=True)
    has_wifi_password = fields.Function(lambda row: row.sealed_wifi_password is not None)
    activation_id = fields.UUID(allow_none=True)


class Narrowed(TwoWayPaging):
    """What both lists are narrowed by; all that is given must hold."""

    zone_id = optional_id()
    router_id = optional_id()
    plan_id = optional_id()
    technician_id = optional_id()
    sector_id = optional_id()
    city = optional(120)
    number = fields.Integer(load_default=None, allow_none=True)
    from_on = fields.Date(load_default=None, allow_none=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    search = optional(100)


class InstallationSearch(Narrowed):
    states = fields.List(fields.String(validate=validate.OneOf(STATES)), load_default=list)
    failed = fields.Boolean(load_default=False)
    dates = fields.String(load_default="scheduled_at", validate=validate.OneOf(("scheduled_at", "created_at")))
    sort = sorted_by(*SORTS, "state", default="scheduled_at")


class OnAScreen(Schema):
    """`wanted`: the fields of its rows that are wanted beside their identity, or none for all. `choices`: whether what
    the list can be narrowed to is wanted beside its rows, if it is another than that of the revision
    `choices_known`."""

    wanted = fields.List(fields.String(validate=validate.OneOf(InstallationRow().fields)), load_default=list)
    choices = fields.Boolean(load_default=False)
    choices_known = fields.Integer(load_default=None, allow_none=True)


class ListInstallations(InstallationSearch, OnAScreen):
    """What is to be done, or was."""


class FindMatching(Schema):
    router_id = fields.UUID(required=True)
    names = fields.List(fields.String(), required=True, validate=validate.Length(max=10_000))
    addresses = fields.List(fields.String(), required=True, validate=validate.Length(max=10_000))
    macs = fields.List(fields.String(), required=True, validate=validate.Length(max=10_000))


class MatchingRows(Schema):
    rows = Rows(fields.Nested(InstallationRow))


class InstallationRows(Schema):
    """`choices`: when they were asked for and are others than those that are known."""

    rows = Rows(fields.Nested(InstallationRow))
    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)
    choices = fields.Nested(Choices)
    choices_revision = fields.Integer(allow_none=True)


class Totals(Schema):
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer())


class ClientSearch(Narrowed):
    states = fields.List(fields.String(validate=validate.OneOf((*CURRENT, ENDED))), load_default=list)
    dates = fields.String(load_default="activated_at", validate=validate.OneOf(("activated_at", "ended_at")))
    month = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"20\d\d-(0[1-9]|1[0-2])", error="invalid-month")
    )
    day = fields.Date(load_default=None, allow_none=True)
    sort = sorted_by(*SORTS, "client_number", "activated_at", "ended_at", "state", default="-activated_at")


class ListClients(ClientSearch, OnAScreen):
    """Who was installed."""


class AskDashboard(Schema):
    technician_id = fields.UUID(load_default=None, allow_none=True)


class Dashboard(Schema):
    """`late` and `due_today` are pending; `failed` are activations that a router did not take."""

    today = fields.Date()
    yesterday = fields.Date()
    pending_by_state = fields.Dict(keys=fields.String(), values=fields.Integer())
    agenda = Rows(fields.Nested(InstallationRow))
    due_today = fields.Integer()
    late = fields.Integer()
    failed = fields.Integer()


class AskMonth(Schema):
    month = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"20\d\d-(0[1-9]|1[0-2])", error="invalid-month")
    )


class OfDay(Schema):
    day = fields.Date()
    installs = fields.Integer()


class OfOne(Schema):
    id = fields.UUID()
    name = fields.String()
    installs = fields.Integer()


class Month(Schema):
    """`ends`: clients who left. `installs_before`: in the month before; `installs_before_so_far`: up to the same day,
    while the month lasts."""

    month = fields.String()
    first_day = fields.Date()
    last_day = fields.Date()
    previous_month = fields.String()
    next_month = fields.String(allow_none=True)
    installs = fields.Integer()
    ends = fields.Integer()
    installs_before = fields.Integer()
    installs_before_so_far = fields.Integer(allow_none=True)
    by_day = fields.List(fields.Nested(OfDay))
    by_technician = fields.List(fields.Nested(OfOne))
    by_zone = fields.List(fields.Nested(OfOne))
