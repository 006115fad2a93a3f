"""What the gateway tells: companies and their staff."""

from marshmallow import fields, validate

from chassis.messages import Event


class CompanyChanged(Event, source="gateway", subject="company_id"):
    """A company was created, or something about it changed; carries all of it."""

    company_id = fields.UUID(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    public_uuid = fields.UUID(required=True, metadata={"description": "the hard-to-guess name of the public form"})
    public_identifier = fields.String(required=True, validate=validate.OneOf(["slug", "uuid"]))
    email = fields.String(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True)
    address = fields.String(load_default=None, allow_none=True)
    tax_id = fields.String(load_default=None, allow_none=True)
    locale = fields.String(required=True, metadata={"description": "language and territory, es_MX"})
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    time_zone = fields.String(required=True, metadata={"description": "IANA name, America/Mexico_City"})
    base_url = fields.String(
        required=True, metadata={"description": "where the company's public pages are, no final /"}
    )
    active = fields.Boolean(required=True)


class StaffChanged(Event, source="gateway", subject="staff_id"):
    """A staff account was created, changed or closed."""

    staff_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["owner", "office", "technician", "read_only"]))
    active = fields.Boolean(required=True)
