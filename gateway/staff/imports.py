"""INS-11: clients and installations from a file, in four steps: upload, columns, what came of looking at it, run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import formats, import_files, import_words, messages, uploads
from gateway.backends import installations
from gateway.forms import Form
from gateway.roles import OFFICE_WORK, allowed

# So many unknown names may be chosen for at a time.
MOST_NAMES = 2000

blueprint = Blueprint("imports", __name__, url_prefix="/importar")

ROWS_OF_A_PAGE, ROWS_OF_A_FILE = 50, 200
WORKING = ("checking", "importing", "undoing")
# Which rows a page shows first, by what has become of the import.
FIRST_SHOWN = {"imported": "made", "importing": "made", "import_stopped": "made", "undoing": "kept"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@allowed(OFFICE_WORK)
def index() -> str:
    return _index(Form())


@blueprint.post("/")
@allowed(OFFICE_WORK)
def upload() -> Response | tuple[str, int]:
    form, file = Form.typed(), request.files.get("file")
    if file is None or not file.filename:
        form.add_error("file", "required")
        return _index(form), 422
    try:
        begun = installations.begin_import(form.key, uploads.stage(file))
    except Refusal as refused:
        form.set("file", "")
        form.refuse(refused)
        return _index(form), form.status
    return redirect(url_for(".map_columns", import_id=begun["import_id"]))


@blueprint.get("/<uuid:import_id>/columnas")
@allowed(OFFICE_WORK)
def map_columns(import_id: UUID) -> str:
    report = installations.import_report(str(import_id))
    imported = report["imported"]
    chosen = request.args.get("sheet", type=int)
    if chosen is not None and 0 <= chosen < len(imported["sheets"]) and chosen != imported["sheet"]:
        imported |= {"sheet": chosen, "columns": {}}
    form = Form(_prefilled(imported))
    return _columns(form, report)


@blueprint.post("/<uuid:import_id>/columnas")
@allowed(OFFICE_WORK)
def save_columns(import_id: UUID) -> Response | tuple[str, int]:
    form, identity = Form.typed(("tells_people",)), str(import_id)
    try:
        installations.map_import(form.key, import_id=identity, **_mapping(form))
    except Refusal as refused:
        form.refuse(refused, renamed={name: f"column-{name}" for name in import_words.FIELDS})
        report = installations.import_report(identity)
        report["imported"]["sheet"] = form.count("sheet")
        return _columns(form, report), form.status
    return redirect(url_for(".show", import_id=identity))


@blueprint.post("/<uuid:import_id>/mapeo")
@allowed(OFFICE_WORK)
def use_layout(import_id: UUID) -> Response:
    form, identity = Form.typed(), str(import_id)
    _told(lambda: installations.apply_import_layout(form.key, identity, form.text("layout") or ""))
    return redirect(url_for(".map_columns", import_id=identity))


@blueprint.get("/<uuid:import_id>")
@allowed(OFFICE_WORK)
def show(import_id: UUID) -> Response | str:
    """What came of it so far; the page follows it by itself."""
    identity = str(import_id)
    report = installations.import_report(identity)
    imported = report["imported"]
    if imported["state"] == "mapping":
        return redirect(url_for(".map_columns", import_id=identity))
    first = FIRST_SHOWN.get(imported["state"], "bad")
    if imported["state"] == "undone":
        first = "kept" if imported["kept"] else "taken_back"
    state = request.args.get("state", first) or None
    rows = installations.import_rows(
        identity, state=state, after=request.args.get("after") or None, limit=ROWS_OF_A_PAGE
    )
    return render_template(
        "imports/show.html",
        imported=imported,
        report=report,
        rows=rows,
        state=state,
        working=imported["state"] in WORKING,
        choosing=_choosing(imported["unknown"]) if imported["unknown"] and imported["state"] == "checked" else None,
        words=import_words,
        form=Form(),
    )


@blueprint.post("/<uuid:import_id>/nombres")
@allowed(OFFICE_WORK)
def choose_names(import_id: UUID) -> Response:
    form, identity = Form.typed(), str(import_id)
    names = _chosen_names(form)
    if names:
        _told(lambda: installations.choose_import_names(form.key, identity, names))
    return redirect(url_for(".show", import_id=identity))


@blueprint.post("/<uuid:import_id>/<any(run, stop, undo, retry, forget):step>")
@allowed(OFFICE_WORK)
def steer(import_id: UUID, step: str) -> Response:
    form, identity = Form.typed(), str(import_id)
    done = _told(lambda: installations.steer_import(form.key, step, identity))
    if done and step == "forget":
        flash(_("Importación descartada."), "success")
        return redirect(url_for(".index"))
    return redirect(url_for(".show", import_id=identity))


@blueprint.get("/<uuid:import_id>/filas")
@allowed(OFFICE_WORK)
def rows(import_id: UUID) -> Response:
    """The rows of one state as the file had them, with a last column that says why; it can be imported again."""
    identity, state, kind = str(import_id), request.args.get("state") or None, _kind()
    imported = installations.import_report(identity)["imported"]
    heading = [*imported["sheets"][imported["sheet"]]["headings"], _("Línea"), _("Motivo")]
    name = f"{imported['filename'].rpartition('.')[0] or imported['filename']} - {_('errores')}.{kind}"
    lines = _lines(identity, state, heading, installations.import_rows(identity, state=state, limit=ROWS_OF_A_FILE))
    return _sent(name, kind, [(_("Filas"), lines)])


@blueprint.get("/plantilla")
@allowed(OFFICE_WORK)
def template() -> Response:
    """A file to fill in, with the company's own zones and plans on a second sheet where there can be one."""
    kind = _kind()
    fields = [name for _title, group in import_words.GROUPS for name in group]
    names = [name for name in fields if name not in ("full_name", "coordinates")]
    sheets = [(_("Clientes"), [[import_words.field_name(name) for name in names]])]
    if kind == "xlsx":
        sheets.append((_("Zonas y planes"), _known_names()))
    return _sent(f"{_('plantilla-clientes')}.{kind}", kind, sheets)


# Parts of the above.


def _kind() -> str:
    return "csv" if request.args.get("kind") == "csv" else "xlsx"


def _index(form: Form) -> str:
    page = installations.imports(after=request.args.get("after") or None)
    most = current_app.extensions["alta"].settings.max_upload_bytes // 1_000_000
    return render_template("imports/index.html", page=page, form=form, words=import_words, most_megabytes=most)


def _columns(form: Form, report: dict[str, Any]) -> str:
    imported = report["imported"]
    sheet = imported["sheets"][imported["sheet"]]
    options = [
        (str(number), f"{import_words.column_name(number)} · {heading or '—'}", _samples(sheet, number))
        for number, heading in enumerate(sheet["headings"])
    ]
    return render_template(
        "imports/columns.html",
        imported=imported,
        report=report,
        sheet=sheet,
        options=options,
        fixed=_fixed(),
        words=import_words,
        form=form,
    )


def _samples(sheet: dict[str, Any], number: int) -> str:
    cells = (row[number] for row in sheet["samples"] if number < len(row))
    return " · ".join(dict.fromkeys(cell for cell in cells if cell))[:120]


def _prefilled(imported: dict[str, Any]) -> dict[str, Any]:
    """As it is mapped; where a file rarely says something, what it mostly is."""
    form: dict[str, Any] = {f"column-{name}": number for name, number in imported["columns"].items()}
    form |= {f"default-{name}": value for name, value in imported["defaults"].items()}
    for name, value in _usual().items():
        if name not in imported["columns"]:
            form.setdefault(f"default-{name}", value)
    names = ("sheet", "makes", "date_order", "tells_people")
    return form | {name: imported[name] for name in names}


def _usual() -> dict[str, str]:
    technicians = installations.technicians()
    usual = {
        "scheduled_at": f"{g.at.astimezone(formats.time_zone()):%Y-%m-%d}",
        "installation_cost": "0",
    }
    return usual | ({"technician": technicians[0]["name"]} if technicians else {})


def _fixed() -> dict[str, list[str]]:
    """Values to choose from, by field."""
    return {
        "zone": [row["name"] for row in installations.zones()],
        "router": [row["name"] for row in installations.routers()],
        "plan": sorted({row["name"] for row in installations.plans() if row["active"]}),
        "technician": [row["name"] for row in installations.technicians()],
    }


def _mapping(form: Form) -> dict[str, Any]:
    columns = {name: form.text(f"column-{name}") for name in import_words.FIELDS}
    defaults = {name: form.text(f"default-{name}") for name in import_words.FIELDS}
    return {
        "sheet": form.count("sheet"),
        "columns": {name: int(number) for name, number in columns.items() if number and number.isdigit()},
        "defaults": {name: value for name, value in defaults.items() if value},
        "date_order": form.text("date_order"),
        "makes": form.text("makes"),
        "tells_people": bool(form.value_of("tells_people")),
        "layout_name": form.text("layout_name"),
    }


def _choosing(unknown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each unknown name with what it may mean."""
    zones, routers = installations.zones(), installations.routers()
    of = {
        "zone": [(row["zone_id"], row["name"], "") for row in zones],
        "router": [(row["router_id"], row["name"], "") for row in routers],
        "plan": [(row["plan_id"], row["name"], row["router_id"]) for row in installations.plans() if row["active"]],
        "technician": [(row["technician_id"], row["name"], "") for row in installations.technicians()],
        "sector": [(row["sector_id"], row["name"], row["zone_id"]) for row in installations.sectors()],
    }
    places = {row["router_id"]: row["name"] for row in routers} | {row["zone_id"]: row["name"] for row in zones}
    return [
        each
        | {
            "options": [(id, name) for id, name, within in of[each["kind"]] if within == each["within"]],
            "place": places.get(each["within"]),
            "routers": [(row["router_id"], row["name"]) for row in routers if row["active"]],
            "speeds": import_words.speeds_in(each["name"]) if each["kind"] == "plan" else None,
        }
        for each in unknown
    ]


def _chosen_names(form: Form) -> list[dict[str, Any]]:
    """What was said of each; nothing of those that were left open."""
    currency = g.signed_in.company.currency
    names = []
    for number in range(min(form.count("count"), MOST_NAMES)):
        said = {part: form.text(f"name-{number}-{part}") for part in ("kind", "within", "name", "means")}
        means = said.pop("means")
        if not means:
            continue
        name: dict[str, Any] = said | {"within": said["within"] or ""}
        if means != "new":
            name["id"] = means
        else:
            name["router_id"] = form.text(f"name-{number}-router_id") or said["within"]
            name["download_kbps"] = _kbps(form.text(f"name-{number}-download"))
            name["upload_kbps"] = _kbps(form.text(f"name-{number}-upload"))
            name["price_minor"] = formats.minor_units(form.text(f"name-{number}-price") or "", currency)
        names.append(name)
    return names


def _kbps(mbps: str | None) -> int | None:
    try:
        return round(float((mbps or "").replace(",", ".")) * 1000) or None
    except ValueError:
        return None


def _told(tell: Any) -> bool:
    try:
        tell()
    except Refusal as refused:
        complaints = [each for said in refused.fields.values() for each in said]
        for each in complaints or [{"code": refused.code, "params": refused.params}]:
            flash(messages.text_of(each["code"], each.get("params", {})), "danger")
        return False
    return True


def _lines(import_id: str, state: str | None, heading: list[str], page: Any) -> Iterator[list[str]]:
    yield heading
    width = len(heading) - 2
    while True:
        for row in page["rows"]:
            cells = [*row["cells"], *[""] * width][:width]
            yield [*cells, str(row["line"]), import_words.all_reasons(row)]
        if not page["next"]:
            return
        page = installations.import_rows(import_id, state=state, after=page["next"], limit=ROWS_OF_A_FILE)


def _known_names() -> list[list[str]]:
    plans = installations.plans()
    names = [[_("Zona"), _("Router"), _("Plan de internet")]]
    for zone in installations.zones():
        theirs = [plan["name"] for plan in plans if plan["router_id"] == zone["router_id"] and plan["active"]]
        names += [[zone["name"], zone["router_name"] or "", name] for name in theirs or [""]]
    return names


def _sent(name: str, kind: str, sheets: list[tuple[str, Any]]) -> Response:
    if kind == "xlsx":
        return send_file(import_files.as_workbook(sheets), _XLSX, as_attachment=True, download_name=name)
    response = Response(stream_with_context(import_files.as_csv(sheets[0][1])), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
