"""What the installations service's RPC methods take and give. Money in minor units, times ISO 8601."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from chassis.schemas import Schema
from services.installations.model import STATES

MOST_MINOR = 10**12
PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,24}")
# What RouterOS keeps as it is in names of queues and secrets, letters with accents too; no sign that its scripts read.
SERVICE_NAME = re.compile(r"[^\W_][\w.@ -]{0,62}")
MAC = re.compile(r"([0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}")


def _text(limit: int) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, limit))


def _optional(limit: int, **more: Any) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=limit), **more)


def _phone(value: str) -> None:
    if not PHONE.fullmatch(value):
        raise ValidationError("invalid-phone")


def _sensible(value: datetime) -> None:
    if not 2000 <= value.year < 2100:
        raise ValidationError("invalid-date")


def _address(value: str) -> None:
    try:
        address = ipaddress.IPv4Address(value)
    except ValueError as error:
        raise ValidationError("invalid-ip-address") from error
    if address.is_multicast or address.is_unspecified or address.is_loopback or address.is_reserved:
        raise ValidationError("ip-not-usable")


def _service_name(value: str) -> None:
    if not SERVICE_NAME.fullmatch(value):
        raise ValidationError("invalid-service-name")


def _mac(value: str) -> None:
    if not MAC.fullmatch(value):
        raise ValidationError("invalid-mac-address")


class OneSpelling(fields.String):
    """A letter and its accent as one character, however the keyboard sent it: a router takes the two for two names."""

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> Any:
        return unicodedata.normalize("NFC", super()._deserialize(value, *arguments, **named))


class Nothing(Schema):
    pass


class Paging(Schema):
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(1, 200))


class OneInstallation(Schema):
    installation_id = fields.UUID(required=True)


class SaveZone(Schema):
    zone_id = fields.UUID(load_default=None, allow_none=True)
    name = _text(120)
    router_id = fields.UUID(required=True)


class Zone(Schema):
    zone_id = fields.UUID(attribute="id")
    name = fields.String()
    router_id = fields.UUID()
    router_name = fields.String(allow_none=True)


class Zones(Schema):
    rows = fields.List(fields.Nested(Zone))


class OfZone(Schema):
    zone_id = fields.UUID(load_default=None, allow_none=True)


class SaveSector(Schema):
    sector_id = fields.UUID(load_default=None, allow_none=True)
    zone_id = fields.UUID(required=True)
    name = _text(120)


class Sector(Schema):
    sector_id = fields.UUID(attribute="id")
    zone_id = fields.UUID()
    name = fields.String()


class Sectors(Schema):
    rows = fields.List(fields.Nested(Sector))


class OfRouter(Schema):
    router_id = fields.UUID(load_default=None, allow_none=True)


_SPEED = {"load_default": 0, "strict": True, "validate": validate.Range(0, 100_000_000)}


class Shaping(Schema):
    """See `events.shapes.ShapingShape`."""

    burst_download_kbps = fields.Integer(**_SPEED)
    burst_upload_kbps = fields.Integer(**_SPEED)
    threshold_download_kbps = fields.Integer(**_SPEED)
    threshold_upload_kbps = fields.Integer(**_SPEED)
    burst_seconds = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 3600))
    guaranteed_download_kbps = fields.Integer(**_SPEED)
    guaranteed_upload_kbps = fields.Integer(**_SPEED)
    priority = fields.Integer(load_default=8, strict=True, validate=validate.Range(1, 8))


class SavePlan(Schema):
    plan_id = fields.UUID(load_default=None, allow_none=True)
    router_id = fields.UUID(required=True)
    name = _text(120)
    download_kbps = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100_000_000))
    upload_kbps = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100_000_000))
    price_minor = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_MINOR))
    active = fields.Boolean(load_default=True)
    shaping = fields.Nested(Shaping, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        """As RouterOS refuses it, or silently does nothing with it."""
        shaping, wrong = data["shaping"] or Shaping().load({}), {}
        for way in ("download", "upload"):
            highest = data[f"{way}_kbps"]
            if shaping[f"guaranteed_{way}_kbps"] > highest:
                wrong[f"guaranteed_{way}_kbps"] = ["guaranteed-above-highest"]
            burst, threshold = shaping[f"burst_{way}_kbps"], shaping[f"threshold_{way}_kbps"]
            if (burst or threshold) and not (burst > highest and 0 < threshold <= burst and shaping["burst_seconds"]):
                wrong[f"burst_{way}_kbps"] = ["burst-incomplete"]
        if wrong:
            raise ValidationError({"shaping": wrong})


class Plan(Schema):
    plan_id = fields.UUID(attribute="id")
    router_id = fields.UUID()
    shaping = fields.Dict(allow_none=True)
    name = fields.String()
    download_kbps = fields.Integer()
    upload_kbps = fields.Integer()
    price_minor = fields.Integer()
    currency = fields.String()
    active = fields.Boolean()


class Plans(Schema):
    rows = fields.List(fields.Nested(Plan))


class Router(Schema):
    router_id = fields.UUID(attribute="id")
    name = fields.String()
    mode = fields.String()
    active = fields.Boolean()


class Routers(Schema):
    rows = fields.List(fields.Nested(Router))


class Technician(Schema):
    technician_id = fields.UUID(attribute="id")
    name = fields.String()
    role = fields.String()


class Technicians(Schema):
    rows = fields.List(fields.Nested(Technician))


class Propose(Schema):
    zone_id = fields.UUID(required=True)
    after = fields.IPv4(load_default=None, allow_none=True)


class Proposal(Schema):
    router_id = fields.UUID()
    ip_address = fields.String(allow_none=True)
    exhausted = fields.Boolean()


class PoolUsage(Schema):
    """Numbers of addresses: given to clients and installations, used by the router otherwise, kept back, free."""

    pool_id = fields.UUID()
    size = fields.Integer()
    given = fields.Integer()
    foreign = fields.Integer()
    reserved = fields.Integer()
    free = fields.Integer()
    read_at = fields.AwareDateTime()


class PoolUsages(Schema):
    rows = fields.List(fields.Nested(PoolUsage))


class PoolBlock(Schema):
    pool_id = fields.UUID(required=True)
    first = fields.IPv4(load_default=None, allow_none=True)


class HeldAddress(Schema):
    """`holder` is missing where nobody has the address; the rest says who that is."""

    address = fields.String()
    holder = fields.String()
    name = fields.String()
    menu = fields.String()
    installation_id = fields.UUID()
    number = fields.Integer()


class PoolAddresses(PoolUsage):
    """`blocks`: where each page of the pool begins; `first`: where this one does."""

    first = fields.String()
    cells = fields.List(fields.Nested(HeldAddress))
    blocks = fields.List(fields.String())


class InstallationForm(Schema):
    """What staff fill in, new or changed."""

    zone_id = fields.UUID(required=True)
    first_name = _text(120)
    last_name = _text(120)
    official_id = _optional(40)
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(max=320))
    address = _text(300)
    neighbourhood = _optional(120)
    city = _optional(120)
    postal_code = _optional(20)
    phone = fields.String(required=True, validate=_phone)
    second_phone = fields.String(load_default=None, allow_none=True, validate=_phone)
    latitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-90, 90))
    longitude = fields.Decimal(load_default=None, allow_none=True, places=6, validate=validate.Range(-180, 180))
    scheduled_at = fields.AwareDateTime(required=True, validate=_sensible)
    installation_cost_minor = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_MINOR))
    comments = _optional(4000)
    service_name = OneSpelling(required=True, validate=_service_name)
    ip_address = fields.String(required=True, validate=_address)
    mac_address = fields.String(load_default=None, allow_none=True, validate=_mac)
    router_id = fields.UUID(required=True)
    plan_id = fields.UUID(required=True)
    technician_id = fields.UUID(required=True)
    sector_id = fields.UUID(load_default=None, allow_none=True)
    wifi_ssid = _optional(32)
    wifi_password = _optional(63, metadata={"verbatim": True})

    @validates_schema
    def _whole_place(self, form: dict[str, Any], **_: Any) -> None:
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if form.get(one) is None and form.get(other) is not None:
                raise ValidationError("required", one)

    @post_load
    def _as_routers_write_it(self, form: dict[str, Any], **_: Any) -> dict[str, Any]:
        if form.get("mac_address"):
            digits = re.sub("[^0-9A-F]", "", form["mac_address"].upper())
            form["mac_address"] = ":".join(digits[i : i + 2] for i in range(0, 12, 2))
        return form


class Schedule(InstallationForm):
    installation_id = fields.UUID(load_default=None, allow_none=True)
    preinstall_request_id = fields.UUID(load_default=None, allow_none=True)


class Change(InstallationForm):
    installation_id = fields.UUID(required=True)
    version = fields.Integer(load_default=None, allow_none=True)


class Scheduled(Schema):
    installation_id = fields.UUID(attribute="id")
    number = fields.Integer()
    version = fields.Integer()
    state = fields.String()
    service_changed = fields.Boolean()


class Activating(Schema):
    installation_id = fields.UUID(attribute="id")
    activation_id = fields.UUID()
    state = fields.String()


class Cancel(Schema):
    installation_id = fields.UUID(required=True)
    reason = _optional(1000)


class InstallationRow(Schema):
    installation_id = fields.UUID(attribute="id")
    number = fields.Integer()
    client_number = fields.Integer(attribute="client.number", allow_none=True, dump_default=None)
    activated_at = fields.AwareDateTime(attribute="client.activated_at", allow_none=True, dump_default=None)
    state = fields.String()
    version = fields.Integer()
    first_name = fields.String()
    last_name = fields.String()
    phone = fields.String()
    email = fields.String(allow_none=True)
    address = fields.String()
    neighbourhood = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    scheduled_at = fields.AwareDateTime()
    zone_id = fields.UUID()
    zone_name = fields.String(attribute="zone.name")
    router_id = fields.UUID()
    plan_id = fields.UUID()
    router_name = fields.String(attribute="router.name", allow_none=True, dump_default=None)
    plan_name = fields.String(attribute="plan.name")
    technician_id = fields.UUID()
    technician_name = fields.String(attribute="technician.name", allow_none=True, dump_default=None)
    service_name = fields.String()
    ip_address = fields.String()
    failure_code = fields.String(allow_none=True)
    failure_params = fields.Dict(allow_none=True)


class Installation(InstallationRow):
    preinstall_request_id = fields.UUID(allow_none=True)
    official_id = fields.String(allow_none=True)
    postal_code = fields.String(allow_none=True)
    second_phone = fields.String(allow_none=True)
    latitude = fields.Decimal(as_string=True, allow_none=True)
    longitude = fields.Decimal(as_string=True, allow_none=True)
    installation_cost_minor = fields.Integer()
    currency = fields.String()
    comments = fields.String(allow_none=True)
    mac_address = fields.String(allow_none=True)
    sector_id = fields.UUID(allow_none=True)
    wifi_ssid = fields.String(allow_none=True)
    has_wifi_password = fields.Function(lambda row: row.sealed_wifi_password is not None)
    activation_id = fields.UUID(allow_none=True)
    cancel_reason = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()


class Wifi(Schema):
    wifi_ssid = fields.String(allow_none=True)
    wifi_password = fields.String(allow_none=True)


class SaveSheetTemplate(Schema):
    template_id = fields.UUID(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)
    name = _text(120)
    content = _text(100_000)
    is_default = fields.Boolean(load_default=False)


class OneSheetTemplate(Schema):
    template_id = fields.UUID(required=True)


class SheetTemplate(Schema):
    template_id = fields.UUID(attribute="id")
    name = fields.String()
    content = fields.String()
    is_default = fields.Boolean()
    version = fields.Integer()


class SheetTemplates(Schema):
    rows = fields.List(fields.Nested(SheetTemplate))
    tags = fields.List(fields.String())
    paper = fields.String()


class FillSheet(Schema):
    installation_id = fields.UUID(required=True)
    template_id = fields.UUID(load_default=None, allow_none=True)
    content = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100_000))


class PrintSheet(Schema):
    installation_id = fields.UUID(required=True)
    template_id = fields.UUID(load_default=None, allow_none=True)


class InstallationSearch(Paging):
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    zone_id = fields.UUID(load_default=None, allow_none=True)
    technician_id = fields.UUID(load_default=None, allow_none=True)
    from_on = fields.Date(load_default=None, allow_none=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    search = _optional(100)


class BeginPlanMove(Schema):
    from_plan_id = fields.UUID(required=True)
    to_plan_id = fields.UUID(required=True)


class PlanMoveRef(Schema):
    move_id = fields.UUID(required=True)


class SteerPlanMove(PlanMoveRef):
    how = fields.String(required=True, validate=validate.OneOf(["pause", "resume", "stop"]))


class PlanMoveView(Schema):
    move_id = fields.UUID(attribute="id")
    from_plan_id = fields.UUID()
    from_plan_name = fields.String(attribute="from_plan.name")
    to_plan_name = fields.String(attribute="to_plan.name")
    state = fields.String()
    total = fields.Integer()
    moved = fields.Integer()
    asked_by = fields.String()
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime()


class PlanMoves(Schema):
    rows = fields.List(fields.Nested(PlanMoveView))
    next = fields.String(allow_none=True)


class PlanMoveReport(Schema):
    """`refused`: the clients whose router did not take it; their service is what it was."""

    move = fields.Nested(PlanMoveView)
    refused = fields.List(fields.Nested(InstallationRow))


class FindMatching(Schema):
    router_id = fields.UUID(required=True)
    names = fields.List(fields.String(), required=True, validate=validate.Length(max=10_000))
    addresses = fields.List(fields.String(), required=True, validate=validate.Length(max=10_000))
    macs = fields.List(fields.String(), required=True, validate=validate.Length(max=10_000))


class MatchingRow(InstallationRow):
    mac_address = fields.String()


class MatchingRows(Schema):
    rows = fields.List(fields.Nested(MatchingRow))


class InstallationRows(Schema):
    rows = fields.List(fields.Nested(InstallationRow))
    next = fields.String(allow_none=True)


class ClientSearch(Paging):
    search = _optional(100)
    month = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"20\d\d-(0[1-9]|1[0-2])", error="invalid-month")
    )
    day = fields.Date(load_default=None, allow_none=True)


class StagedFile(Schema):
    staged_key = _text(200)
    filename = _text(200)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, 50_000_000))
    sha256 = fields.String(required=True, validate=validate.Regexp("[0-9a-f]{64}", error="invalid"))


class AddFile(Schema):
    installation_id = fields.UUID(required=True)
    title = _text(200)
    description = _optional(2000)
    visible_to_client = fields.Boolean(load_default=False)
    file = fields.Nested(StagedFile, required=True)


class ChangeFile(Schema):
    file_id = fields.UUID(required=True)
    title = _text(200)
    description = _optional(2000)
    visible_to_client = fields.Boolean(required=True)


class OneFile(Schema):
    file_id = fields.UUID(required=True)


class File(Schema):
    file_id = fields.UUID(attribute="id")
    installation_id = fields.UUID()
    origin = fields.String()
    kind = fields.String()
    title = fields.String()
    description = fields.String(allow_none=True)
    visible_to_client = fields.Boolean()
    filename = fields.String()
    size = fields.Integer()
    content_type = fields.String()
    added_at = fields.AwareDateTime()


class Files(Schema):
    rows = fields.List(fields.Nested(File))


class OpenedFile(File):
    file_key = fields.String()
    sha256 = fields.String()


class Dashboard(Schema):
    month = fields.String()
    installs_this_month = fields.Integer()
    pending_by_state = fields.Dict(keys=fields.String(), values=fields.Integer())
    today = fields.List(fields.Nested(InstallationRow))
