"""What the preinstall service's RPC methods take and give. Times ISO 8601, sizes in bytes."""

from __future__ import annotations

import re

from marshmallow import ValidationError, fields, validate

from chassis.schemas import Schema
from services.preinstall.model import CAMPAIGN, KINDS, OPTIONAL, STATES

PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,24}")
POSTAL_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,10}[A-Za-z0-9]")
MOST_BYTES = 50_000_000
SORTS = ("submitted_at", "person", "city", "source", "state")


def _text(limit: int) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, limit))


def _optional(limit: int) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=limit))


def _phone(value: str) -> None:
    if not PHONE.fullmatch(value):
        raise ValidationError("invalid-phone")


def _postal_code(value: str) -> None:
    if not POSTAL_CODE.fullmatch(value):
        raise ValidationError("invalid-postal-code")


class Nothing(Schema):
    pass


class AskedFor(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    required = fields.Boolean(required=True)
    asked = fields.Boolean(load_default=True)


class AskedField(Schema):
    name = fields.String(required=True, validate=validate.OneOf(OPTIONAL))
    required = fields.Boolean(required=True)
    asked = fields.Boolean(load_default=True)


class FormTexts(Schema):
    welcome = _optional(1000)
    thanks = _optional(1000)
    privacy = _optional(8000)


class PrivacyNotice(Schema):
    version = fields.Integer()
    text = fields.String()


class ChangeFormSettings(Schema):
    """What is not named stays as it is."""

    documents = fields.List(fields.Nested(AskedFor), load_default=list, validate=validate.Length(max=len(KINDS)))
    person_fields = fields.List(
        fields.Nested(AskedField), load_default=list, validate=validate.Length(max=len(OPTIONAL))
    )
    texts = fields.Nested(FormTexts, load_default=None, allow_none=True)
    reject_reasons = fields.List(
        fields.String(validate=validate.Length(max=200)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=20),
    )


class FormSettings(Schema):
    company_id = fields.UUID()
    name = fields.String()
    locale = fields.String()
    documents = fields.List(fields.Nested(AskedFor))
    person_fields = fields.List(fields.Nested(AskedField))
    max_file_bytes = fields.Integer()
    welcome = fields.String(allow_none=True)
    thanks = fields.String(allow_none=True)
    privacy = fields.Nested(PrivacyNotice, allow_none=True)
    reject_reasons = fields.List(fields.String())


class Logo(Schema):
    staged_key = _text(200)
    filename = _text(400)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_BYTES))
    sha256 = fields.String(required=True, validate=validate.Regexp("[0-9a-f]{64}", error="invalid"))


class KeptLogo(Schema):
    file_key = fields.String()
    content_type = fields.String()


class Upload(Logo):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class Submit(Schema):
    request_id = fields.UUID(required=True)
    first_name = _text(120)
    last_name = _text(120)
    official_id = _optional(40)
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(max=254))
    address = _text(300)
    neighbourhood = _optional(120)
    city = _optional(120)
    postal_code = fields.String(load_default=None, allow_none=True, validate=_postal_code)
    phone = fields.String(required=True, validate=_phone)
    second_phone = fields.String(load_default=None, allow_none=True, validate=_phone)
    comments = _optional(4000)
    documents = fields.List(fields.Nested(Upload), load_default=list, validate=validate.Length(max=2 * len(KINDS)))
    campaign = fields.Dict(
        keys=fields.String(validate=validate.OneOf(CAMPAIGN)),
        values=fields.String(validate=validate.Length(1, 200)),
        load_default=None,
        allow_none=True,
    )
    privacy_version = fields.Integer(load_default=None, allow_none=True)


class Submitted(Schema):
    request_id = fields.UUID(attribute="id")
    tracking_number = fields.String()


class RequestSearch(Schema):
    """All that is given must hold. `source` is where the person came from, as their campaign says; `unsourced`: without
    one. `clients`: who became a client and still is one."""

    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    flagged = fields.Boolean(load_default=False)
    search = _optional(100)
    city = _optional(120)
    source = _optional(200)
    unsourced = fields.Boolean(load_default=False)
    clients = fields.Boolean(load_default=False)
    duplicated = fields.Boolean(load_default=False)
    from_on = fields.Date(load_default=None, allow_none=True)
    to_on = fields.Date(load_default=None, allow_none=True)
    sort = fields.String(
        load_default="-submitted_at",
        validate=validate.OneOf([sign + name for name in SORTS for sign in ("", "-")]),
    )
    after = fields.String(load_default=None, allow_none=True)
    before = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(1, 200))


class RequestRow(Schema):
    request_id = fields.UUID(attribute="id")
    tracking_number = fields.String()
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
    comments = fields.String(allow_none=True)
    campaign = fields.Dict(allow_none=True)
    submitted_at = fields.AwareDateTime()
    approved_at = fields.AwareDateTime(allow_none=True)
    installation_id = fields.UUID(allow_none=True)
    rejected_at = fields.AwareDateTime(allow_none=True)
    reject_reason = fields.String(allow_none=True)
    duplicated = fields.Boolean()
    flag_note = fields.String(allow_none=True)


class Requests(Schema):
    rows = fields.List(fields.Nested(RequestRow))
    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)


class OneRequest(Schema):
    request_id = fields.UUID(required=True)


class Document(Schema):
    document_id = fields.UUID(attribute="id")
    kind = fields.String()
    title = fields.String()
    filename = fields.String()
    content_type = fields.String()
    size = fields.Integer()


class Duplicate(Schema):
    """Somebody with the same `reasons`: phone, identity or address."""

    kind = fields.String()
    id = fields.UUID()
    label = fields.String()
    state = fields.String()
    reasons = fields.List(fields.String())


class Ahead(Schema):
    """The open requests before and after it in the list, and how many are open."""

    next_id = fields.UUID(allow_none=True)
    previous_id = fields.UUID(allow_none=True)
    open_requests = fields.Integer()


class Request(RequestRow):
    documents = fields.List(fields.Nested(Document))
    duplicates = fields.List(fields.Nested(Duplicate))
    privacy_version = fields.Integer(allow_none=True)
    privacy_text = fields.String(allow_none=True)
    merged_into = fields.UUID(allow_none=True)
    ahead = fields.Nested(Ahead)


class NextOpen(Schema):
    request_id = fields.UUID(load_default=None, allow_none=True)


class Next(Schema):
    request_id = fields.UUID(allow_none=True)
    waiting = fields.Integer()


class Flag(Schema):
    request_id = fields.UUID(required=True)
    note = _optional(500)


class Merge(Schema):
    request_id = fields.UUID(required=True)
    into_id = fields.UUID(required=True)


class TellApart(Schema):
    request_id = fields.UUID(required=True)
    other_id = fields.UUID(required=True)


class HandOver(Schema):
    request_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)


class Reject(Schema):
    request_id = fields.UUID(required=True)
    reason = _text(1000)


class RejectMany(Schema):
    request_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 500))
    reason = _text(1000)


class NotRejected(Schema):
    request_id = fields.UUID()
    person = fields.String(allow_none=True)
    tracking_number = fields.String(allow_none=True)
    code = fields.String()
    params = fields.Dict()


class RejectedMany(Schema):
    rejected = fields.Integer()
    refused = fields.List(fields.Nested(NotRejected))


class Track(Schema):
    tracking_number = _text(20)


class Tracked(Schema):
    state = fields.String()
    submitted_at = fields.AwareDateTime()
    reject_reason = fields.String(allow_none=True)
    installation_state = fields.String(allow_none=True)
    scheduled_at = fields.AwareDateTime(allow_none=True)


class OneDocument(Schema):
    document_id = fields.UUID(required=True)


class TurnDocument(OneDocument):
    """To the right."""

    quarters = fields.Integer(required=True, strict=True, validate=validate.Range(1, 3))


class Turned(Schema):
    sha256 = fields.String()


class Preview(Schema):
    """`file_key` is empty for what no picture can be made of."""

    file_key = fields.String(attribute="preview_key")
    filename = fields.String()


class OpenedDocument(Document):
    file_key = fields.String()
    request_id = fields.UUID()


class AskFunnel(Schema):
    month = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"20\d\d-(0[1-9]|1[0-2])", error="invalid-month")
    )


class OfSource(Schema):
    """`source` is as the list filters by it; empty for who came by themselves."""

    source = fields.String()
    requests = fields.Integer()
    approved = fields.Integer()
    clients = fields.Integer()


class Funnel(Schema):
    rows = fields.List(fields.Nested(OfSource))


class Summary(Schema):
    open_requests = fields.Integer()
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer())
