"""What the contracts service's RPC methods take and give. Dates ISO 8601, hashes in hex."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.contracts.signature_image import MAX_BYTES

LONGEST_TEXT = 200_000


class Nothing(Schema):
    pass


class Done(Schema):
    pass


class Paging(Schema):
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(1, 200))


class Template(Schema):
    template_id = fields.UUID(attribute="id")
    name = fields.String()
    content = fields.String()
    is_default = fields.Boolean()


class Summary(Schema):
    unsigned = fields.Integer()


class Waiting(Schema):
    """A contract without its signature, and whose it is."""

    installation_id = fields.UUID()
    number = fields.Integer()
    first_name = fields.String()
    last_name = fields.String()
    phone = fields.String()
    created_at = fields.AwareDateTime()


class WaitingPage(Schema):
    rows = fields.List(fields.Nested(Waiting))
    next = fields.String(allow_none=True)


class Templates(Schema):
    rows = fields.List(fields.Nested(Template))
    next = fields.String(allow_none=True)


class Tags(Schema):
    tags = fields.List(fields.String())


class SaveTemplate(Schema):
    template_id = fields.UUID(load_default=None, allow_none=True)
    name = fields.String(required=True, validate=validate.Length(1, 120))
    content = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


class Draft(Schema):
    installation_id = fields.UUID(required=True)
    template_id = fields.UUID(load_default=None, allow_none=True)


class Drafted(Schema):
    content = fields.String()


class Save(Schema):
    contract_id = fields.UUID(load_default=None, allow_none=True)
    installation_id = fields.UUID(required=True)
    starts_on = fields.Date(load_default=None, allow_none=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    content = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))
    version = fields.Integer(load_default=None, allow_none=True, strict=True)


class Saved(Schema):
    contract_id = fields.UUID(attribute="id")
    state = fields.String()
    version = fields.Integer(attribute="edition")


class OneContract(Schema):
    contract_id = fields.UUID(required=True)


class OneInstallation(Schema):
    installation_id = fields.UUID(required=True)


class OneAttachment(Schema):
    attachment_id = fields.UUID(required=True)


class Upload(Schema):
    """A file that waits in staging."""

    title = fields.String(required=True, validate=validate.Length(1, 200))
    staged_key = fields.String(required=True)
    filename = fields.String(required=True, validate=validate.Length(1, 255))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(0))
    sha256 = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


class AddAttachments(Schema):
    contract_id = fields.UUID(required=True)
    attachments = fields.List(fields.Nested(Upload), required=True, validate=validate.Length(1, 10))


class Attachment(Schema):
    attachment_id = fields.UUID(attribute="id")
    title = fields.String()
    filename = fields.String()
    content_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    added_at = fields.AwareDateTime()


class Pdf(Schema):
    state = fields.String()
    readable = fields.Boolean()


class LiveLink(Schema):
    expires_at = fields.AwareDateTime()
    opened_at = fields.AwareDateTime(allow_none=True)


class Contract(Schema):
    contract_id = fields.UUID()
    installation_id = fields.UUID()
    state = fields.String()
    content = fields.String()
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    signed_at = fields.AwareDateTime(allow_none=True)
    activated_at = fields.AwareDateTime(allow_none=True)
    signer_name = fields.String(allow_none=True)
    pdf = fields.Nested(Pdf)
    link = fields.Nested(LiveLink, allow_none=True)
    attachments = fields.List(fields.Nested(Attachment))
    version = fields.Integer()


class OwnContract(Schema):
    """What a client may know of their contract."""

    state = fields.String()
    content = fields.String()
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    signed_at = fields.AwareDateTime(allow_none=True)
    pdf_ready = fields.Function(lambda contract: contract.pdf_key is not None)


class IssueLink(Schema):
    contract_id = fields.UUID(required=True)
    send_email = fields.Boolean(load_default=False)


class IssuedLink(Schema):
    path = fields.String()
    expires_at = fields.AwareDateTime()


class Token(Schema):
    token = fields.String(required=True, validate=validate.Length(1, 200))


class ShownContract(Schema):
    company_id = fields.UUID()
    contract_id = fields.UUID()
    company_name = fields.String()
    locale = fields.String()
    content = fields.String()
    consent = fields.String()
    person = fields.String()
    state = fields.String()
    signed_at = fields.AwareDateTime(allow_none=True)
    pdf_ready = fields.Boolean()


class _Signature(Schema):
    signer_name = fields.String(required=True, validate=validate.Length(1, 200))
    # A little over the limit in base64, so that the refusal can be precise.
    signature_png = fields.String(required=True, validate=validate.Length(1, 2 * MAX_BYTES))
    ip = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=45))
    user_agent = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=2000))
    attachments = fields.List(fields.Nested(Upload), load_default=list, validate=validate.Length(max=10))


class SignByLink(_Signature):
    consent = fields.Boolean(required=True, validate=validate.Equal(True, error="consent-missing"))
    token = fields.String(required=True, validate=validate.Length(1, 200))


class SignInPerson(_Signature):
    """`text_sha256`: of the text that the signer was shown, by a page that may have been open for long."""

    contract_id = fields.UUID(required=True)
    text_sha256 = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="invalid")
    )


class Signed(Schema):
    contract_id = fields.UUID(attribute="id")
    state = fields.String()
    signed_at = fields.AwareDateTime()


class PdfAsked(Schema):
    contract_id = fields.UUID(attribute="id")
    pdf_state = fields.String()


class OpenedFile(Schema):
    file_key = fields.String()
    filename = fields.String()
    content_type = fields.String()
