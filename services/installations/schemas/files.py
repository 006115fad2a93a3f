"""Files of installations."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.installations.schemas.shapes import optional, text


class StagedFile(Schema):
    staged_key = text(200)
    filename = text(200)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, 50_000_000))
    sha256 = fields.String(required=True, validate=validate.Regexp("[0-9a-f]{64}", error="invalid"))


class AddFile(Schema):
    """`conformity` is what a client signed about the work, where there was no contract to sign."""

    installation_id = fields.UUID(required=True)
    title = text(200)
    kind = fields.String(load_default="other", validate=validate.OneOf(("other", "conformity")))
    description = optional(2000)
    visible_to_client = fields.Boolean(load_default=False)
    file = fields.Nested(StagedFile, required=True)


class ChangeFile(Schema):
    file_id = fields.UUID(required=True)
    title = text(200)
    description = optional(2000)
    visible_to_client = fields.Boolean(required=True)


class FileChange(Schema):
    """What is not given stays."""

    file_id = fields.UUID(required=True)
    title = fields.String(validate=validate.Length(1, 200))
    visible_to_client = fields.Boolean()


class ChangeFiles(Schema):
    files = fields.List(fields.Nested(FileChange), required=True, validate=validate.Length(1, 200))


class OneFile(Schema):
    file_id = fields.UUID(required=True)


class TurnFile(OneFile):
    """To the right."""

    quarters = fields.Integer(required=True, strict=True, validate=validate.Range(1, 3))


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
    added_by = fields.String(allow_none=True)
    sha256 = fields.String()


class Files(Schema):
    rows = fields.List(fields.Nested(File))


class Preview(Schema):
    """`file_key` is empty when there is no picture of it."""

    file_key = fields.String(attribute="preview_key")
    filename = fields.String()


class OpenedFile(File):
    file_key = fields.String()
