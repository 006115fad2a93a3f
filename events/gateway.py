"""What the gateway tells: companies, their staff, and the secrets that it sends to people."""

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
    logo_file_key = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "where the logo is in the file store: a PNG or JPEG, at most 480 pixels long"},
    )


class StaffChanged(Event, source="gateway", subject="staff_id"):
    """A staff account was created, changed or closed."""

    staff_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["owner", "office", "technician", "read_only"]))
    active = fields.Boolean(required=True)


class PortalCodeIssued(Event, source="gateway", subject="code_id"):
    """Somebody asked for a code to enter a company's client portal.

    Without an address or telephone when what they typed is no client's: nothing is sent then, and whoever asked
    cannot tell. `sealed_code` is encrypted for the notifications service alone.
    """

    code_id = fields.UUID(required=True)
    first_name = fields.String(load_default=None, allow_none=True)
    last_name = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)
    phone = fields.String(load_default=None, allow_none=True, metadata={"description": "E.164"})
    sealed_code = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class StaffLinkIssued(Event, source="gateway", subject="link_id"):
    """A member of staff was sent a link with which they choose their password: invited, or because they forgot it.

    `sealed_address` is encrypted for the notifications service alone: whoever has it can choose the password. Staff
    sign in at the deployment's address, whatever domain the company's public pages are at.
    """

    link_id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    purpose = fields.String(required=True, validate=validate.OneOf(["invitation", "reset"]))
    name = fields.String(required=True)
    email = fields.String(required=True)
    sealed_address = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
