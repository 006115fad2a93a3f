"""Imports of installations and clients from files."""

from __future__ import annotations

from marshmallow import fields, validate

from chassis.schemas import Schema
from services.installations.imports.columns import FIELDS
from services.installations.imports.names import PLAN, ROUTER, SECTOR, TECHNICIAN, ZONE
from services.installations.model.imports import BAD, GOOD, KEPT, LEAVING, MADE, MAKES, TAKEN_BACK
from services.installations.schemas.agenda import InstallationForm
from services.installations.schemas.catalogue import SPEED
from services.installations.schemas.files import StagedFile
from services.installations.schemas.shapes import MOST_MINOR, Paging, optional, text

ROWS = (GOOD, BAD, MADE, TAKEN_BACK, KEPT, LEAVING, "warned", "failed")
_FIELD = validate.OneOf(FIELDS)


class ImportedForm(InstallationForm):
    """What staff would have filled in, and the number that a client had before."""

    former_number = optional(40)

    class Meta(InstallationForm.Meta):
        # What only somebody who plans one visit is asked.
        exclude = ("despite", "duration_minutes")


class BeginImport(Schema):
    file = fields.Nested(StagedFile, required=True)


class OneImport(Schema):
    import_id = fields.UUID(required=True)


class MapImport(OneImport):
    """`columns`: by field the number of its column, from 0. `layout_name`: under which name this is kept for others."""

    sheet = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 1_000))
    columns = fields.Dict(
        keys=fields.String(validate=_FIELD),
        values=fields.Integer(strict=True, validate=validate.Range(0, 199)),
        required=True,
    )
    defaults = fields.Dict(
        keys=fields.String(validate=_FIELD), values=fields.String(validate=validate.Length(1, 300)), load_default=dict
    )
    date_order = fields.String(required=True, validate=validate.OneOf(["dmy", "mdy", "ymd"]))
    makes = fields.String(required=True, validate=validate.OneOf(MAKES))
    tells_people = fields.Boolean(load_default=False)
    layout_name = optional(80)


class NameChoice(Schema):
    """What a name in the file means: `id`, or something new of that name, a plan with speeds in kbit/s and price."""

    kind = fields.String(required=True, validate=validate.OneOf([ZONE, ROUTER, PLAN, TECHNICIAN, SECTOR]))
    within = fields.String(load_default="", validate=validate.Length(max=40))
    name = text(120)
    id = fields.UUID(load_default=None, allow_none=True)
    router_id = fields.UUID(load_default=None, allow_none=True)
    download_kbps = fields.Integer(**SPEED | {"load_default": None, "allow_none": True})
    upload_kbps = fields.Integer(**SPEED | {"load_default": None, "allow_none": True})
    price_minor = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, MOST_MINOR)
    )


class ChooseNames(OneImport):
    names = fields.List(fields.Nested(NameChoice), required=True, validate=validate.Length(1, 200))


class ImportView(Schema):
    import_id = fields.UUID(attribute="id")
    state = fields.String()
    filename = fields.String()
    encoding = fields.String(allow_none=True)
    separator = fields.String(allow_none=True)
    sheet = fields.Integer()
    sheets = fields.List(fields.Dict())
    columns = fields.Dict()
    defaults = fields.Dict()
    date_order = fields.String()
    makes = fields.String()
    tells_people = fields.Boolean()
    unknown = fields.List(fields.Dict())
    total = fields.Integer()
    looked_at = fields.Integer()
    good = fields.Integer()
    bad = fields.Integer()
    warned = fields.Integer()
    made = fields.Integer()
    taken_back = fields.Integer()
    kept = fields.Integer()
    problem = fields.Dict(allow_none=True)
    asked_by = fields.String()
    created_at = fields.AwareDateTime()
    began_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class ImportReport(Schema):
    """`by_state`: how many of what was made are in which state now; `failed` are in progress with a reason.
    `leaving`: of the clients that an undo told to leave how many are taken back by now, kept, or leaving still.
    `retrying`: routers are about to be asked once more. `waiting_on`: routers with clients that are still to be taken
    over, and how many. `layout`: of a kept layout that fits the file, its name."""

    imported = fields.Nested(ImportView)
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer())
    leaving = fields.Dict(keys=fields.String(), values=fields.Integer())
    retrying = fields.Boolean()
    waiting_on = fields.List(fields.Dict())
    layout = fields.String(allow_none=True)
    layouts = fields.List(fields.String())


class OneLayout(OneImport):
    layout = text(80)


class Imports(Schema):
    rows = fields.List(fields.Nested(ImportView(exclude=("sheets", "columns", "defaults", "unknown"))))
    next = fields.String(allow_none=True)


class ImportRowSearch(Paging, OneImport):
    """`state` may also be "warned": good rows with something to think about; and "failed": what its router did not
    take."""

    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(ROWS))


class ImportRowView(Schema):
    line = fields.Integer()
    state = fields.String(allow_none=True)
    cells = fields.List(fields.String())
    complaints = fields.Dict(allow_none=True)
    warnings = fields.Dict(allow_none=True)
    installation_id = fields.UUID(allow_none=True)
    number = fields.Integer(allow_none=True)
    person = fields.String(allow_none=True)
    installation_state = fields.String(allow_none=True)
    failure_code = fields.String(allow_none=True)
    failure_params = fields.Dict(allow_none=True)


class ImportRows(Schema):
    rows = fields.List(fields.Nested(ImportRowView))
    next = fields.String(allow_none=True)
