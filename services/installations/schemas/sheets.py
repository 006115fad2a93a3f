"""Sheets and their templates."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.installations.schemas.bulk import ChosenInstallations
from services.installations.schemas.shapes import optional_id, text


class PrintManySheets(Schema):
    """Without `template_id`, as the default one has it."""

    chosen = fields.Nested(ChosenInstallations, required=True)
    template_id = optional_id()
    filename = text(120)


class SaveSheetTemplate(Schema):
    template_id = fields.UUID(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)
    name = text(120)
    content = text(100_000)
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


class PrintSheets(Schema):
    installation_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 60))


class PrintSheet(Schema):
    installation_id = fields.UUID(required=True)
    template_id = fields.UUID(load_default=None, allow_none=True)
