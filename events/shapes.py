"""Groups of fields that several events carry with the same meaning."""

from marshmallow import EXCLUDE, Schema, fields, validate


class Shape(Schema):
    """A nested object; tolerant of fields that a newer publisher adds."""

    class Meta:
        unknown = EXCLUDE


class ShapingShape(Shape):
    """How a plan's speeds are shaped beyond their highest, in kbit/s; 0 is "none".

    A client may reach the burst speeds for as long as the average of the last `burst_seconds` is below
    the thresholds; the guaranteed speeds are kept when others want the line, by priority (1 is the highest).
    """

    burst_download_kbps = fields.Integer(load_default=0, strict=True, validate=validate.Range(0))
    burst_upload_kbps = fields.Integer(load_default=0, strict=True, validate=validate.Range(0))
    threshold_download_kbps = fields.Integer(load_default=0, strict=True, validate=validate.Range(0))
    threshold_upload_kbps = fields.Integer(load_default=0, strict=True, validate=validate.Range(0))
    burst_seconds = fields.Integer(load_default=0, strict=True, validate=validate.Range(0))
    guaranteed_download_kbps = fields.Integer(load_default=0, strict=True, validate=validate.Range(0))
    guaranteed_upload_kbps = fields.Integer(load_default=0, strict=True, validate=validate.Range(0))
    priority = fields.Integer(load_default=8, strict=True, validate=validate.Range(1, 8))


class PlanShape(Shape):
    """An internet plan as it was when the event was told. Speeds in kbit/s, price in minor units of `currency`."""

    plan_id = fields.UUID(required=True)
    name = fields.String(required=True)
    download_kbps = fields.Integer(required=True, strict=True)
    upload_kbps = fields.Integer(required=True, strict=True)
    price_minor = fields.Integer(required=True, strict=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    shaping = fields.Nested(ShapingShape, load_default=None, allow_none=True)


class DocumentShape(Shape):
    """A stored file. `file_key` names the object in the file store; `sha256` is its content's, in hex."""

    document_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    file_key = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True, strict=True)
    content_type = fields.String(required=True)


class InvoiceLineShape(Shape):
    """One line of an invoice; amounts in minor units of the invoice's currency."""

    description = fields.String(required=True)
    quantity = fields.Integer(required=True, strict=True)
    unit_price_minor = fields.Integer(required=True, strict=True)
    total_minor = fields.Integer(required=True, strict=True)


class PersonFields:
    """Who the fact is about, and how to reach them."""

    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    official_id = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)
    phone = fields.String(required=True)
    second_phone = fields.String(load_default=None, allow_none=True)
    address = fields.String(required=True)
    neighbourhood = fields.String(load_default=None, allow_none=True)
    city = fields.String(load_default=None, allow_none=True)
    postal_code = fields.String(load_default=None, allow_none=True)


class InstallationFields(PersonFields):
    """An installation as it was when the event was told; `scheduled_at` in UTC, cost in minor units.

    `duration_minutes`: how long the visit is meant to take; None from a publisher that does not say.
    """

    installation_id = fields.UUID(required=True)
    number = fields.Integer(required=True, strict=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["new", "in_progress", "activating", "active", "ending", "ended", "cancelled"]),
    )
    preinstall_request_id = fields.UUID(load_default=None, allow_none=True)
    zone_id = fields.UUID(required=True)
    zone_name = fields.String(required=True)
    technician_id = fields.UUID(required=True)
    technician_name = fields.String(required=True)
    scheduled_at = fields.AwareDateTime(required=True)
    duration_minutes = fields.Integer(load_default=None, allow_none=True, strict=True)
    installation_cost_minor = fields.Integer(required=True, strict=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    router_id = fields.UUID(required=True)
    service_name = fields.String(required=True, metadata={"description": "the client's name on the router"})
    ip_address = fields.String(required=True)
    mac_address = fields.String(load_default=None, allow_none=True)
    plan = fields.Nested(PlanShape, required=True)
    quiet = fields.Boolean(
        load_default=False, metadata={"description": "came with an import: nobody is to be written to about it"}
    )


class AddressRangeShape(Shape):
    """Addresses from the first to the last, both included."""

    first_address = fields.IPv4(required=True)
    last_address = fields.IPv4(required=True)


class TakenAddressShape(Shape):
    """An address that a row of a router uses. `fixed`: somebody wrote it there; else a device came with it."""

    address = fields.IPv4(required=True)
    menu = fields.String(required=True, metadata={"description": "where on the router, for example /queue/simple"})
    name = fields.String(required=True)
    fixed = fields.Boolean(required=True)


class CheckShape(Shape):
    """One thing that a router said of a client's service. `ok` is null for what is not wrong, but has not happened
    yet: a session that has not come up, a queue that nothing went through."""

    check = fields.String(required=True, validate=validate.OneOf(["present", "enabled", "speed", "session", "traffic"]))
    ok = fields.Boolean(required=True, allow_none=True)
    code = fields.String(required=True)
    params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
