"""The files of an installation, later of its client: sent up, looked at, named, shown to the client, taken away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from gateway import messages, navigation, turning, uploads
from gateway.backends import installations
from gateway.downloads import stream
from gateway.failing import status_of
from gateway.forms import Form
from gateway.parts import part
from gateway.roles import EVERYBODY, FIELD_WORK, OFFICE_WORK, allowed

blueprint = Blueprint("files", __name__, url_prefix="/instalaciones")


@blueprint.get("/<uuid:installation_id>/archivos")
@allowed(EVERYBODY)
def index(installation_id: UUID) -> str | Response:
    """The box alone, for a page that has it already; anybody else is led to that page."""
    identity = str(installation_id)
    if "HX-Request" not in request.headers:
        return _back_to_box(installation_id)
    return render_template(
        "installations/boxes/files.html",
        installation_id=identity,
        files=part("installations", lambda: installations.files(identity)),
        form=Form(),
    )


@blueprint.post("/<uuid:installation_id>/archivos")
@allowed(FIELD_WORK)
def add(installation_id: UUID) -> Response | tuple[Response, int]:
    """One file or several; what is refused says which and why, and the others are kept.

    A script sends one at a time, to show how far each is, and is told by status.
    """
    form = Form.typed(checkboxes=["visible_to_client"])
    sent = [upload for upload in request.files.getlist("files") if upload.filename]
    if request.accept_mimetypes.best == "application/json":
        return _answer(form, str(installation_id), sent)
    for number, upload in enumerate(sent):
        try:
            _add(form, f"{form.key}-{number}", str(installation_id), upload)
        except Unavailable:
            raise
        except Refusal as refusal:
            flash(uploads.why(refusal, upload.filename), "danger")
        else:
            flash(_("Archivo «%(name)s» guardado.", name=upload.filename), "success")
    return _back_to_box(installation_id)


@blueprint.get("/archivos/<uuid:file_id>")
@allowed(EVERYBODY)
def show(file_id: UUID) -> Any:
    return stream(g.signed_in.company.id, installations.open_file(str(file_id)), inline="ver" in request.args)


@blueprint.get("/archivos/<uuid:file_id>/vista")
@allowed(EVERYBODY)
def preview(file_id: UUID) -> Any:
    """A small picture of it; 404 for what none can be made of."""
    found = installations.preview_file(str(file_id))
    if not found["file_key"]:
        abort(404)
    picture = {**found, "content_type": "image/jpeg"}
    response = stream(g.signed_in.company.id, picture, inline=True)
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


@blueprint.post("/archivos/<uuid:file_id>/girar")
@allowed(FIELD_WORK)
def turn(file_id: UUID) -> tuple[Response, int]:
    return turning.answer(lambda quarters: installations.turn_file(str(file_id), quarters))


@blueprint.post("/<uuid:installation_id>/archivos/titulos")
@allowed(FIELD_WORK)
def name_all(installation_id: UUID) -> Response:
    """The titles of all of them in one go."""
    form = Form.typed()
    shown = {file["file_id"]: navigation.file_title(file) for file in installations.files(str(installation_id))}
    typed = zip(request.form.getlist("file_id"), request.form.getlist("title"), strict=False)
    titles = {file_id: title.strip() for file_id, title in typed if shown.get(file_id, title) != title.strip()}
    if not titles:
        return _back_to_box(installation_id)
    try:
        installations.change_files(form.key, [{"file_id": each, "title": title} for each, title in titles.items()])
    except Refusal as refusal:
        flash(uploads.why(refusal, _("Archivo")), "danger")
    else:
        flash(_("Títulos guardados."), "success")
    return _back_to_box(installation_id)


@blueprint.post("/<uuid:installation_id>/archivos/<uuid:file_id>/visible")
@allowed(FIELD_WORK)
def show_to_client(installation_id: UUID, file_id: UUID) -> Any:
    """The switch of a file; a script is answered with the box anew."""
    form = Form.typed(checkboxes=["visible_to_client"])
    installations.change_files(
        form.key, [{"file_id": str(file_id), "visible_to_client": form.value_of("visible_to_client")}]
    )
    if request.headers.get("HX-Request"):
        return index(installation_id)
    return _back_to_box(installation_id)


@blueprint.post("/<uuid:installation_id>/archivos/<uuid:file_id>")
@allowed(FIELD_WORK)
def change(installation_id: UUID, file_id: UUID) -> Response:
    form = Form.typed(checkboxes=["visible_to_client"])
    try:
        installations.change_file(
            form.key,
            file_id=str(file_id),
            title=form.text("title") or "",
            description=form.text("description"),
            visible_to_client=form.value_of("visible_to_client"),
        )
    except Refusal as refusal:
        flash(uploads.why(refusal, _("Archivo")), "danger")
    else:
        flash(_("Archivo guardado."), "success")
    return _back_to_box(installation_id)


@blueprint.post("/<uuid:installation_id>/archivos/<uuid:file_id>/borrar")
@allowed(OFFICE_WORK)
def delete(installation_id: UUID, file_id: UUID) -> Response:
    try:
        installations.delete_file(Form.typed().key, str(file_id))
    except Refusal as refusal:
        flash(messages.text_of(refusal.code, refusal.params), "danger")
    else:
        flash(_("Archivo borrado."), "success")
    return _back_to_box(installation_id)


def _back_to_box(installation_id: UUID) -> Response:
    return redirect(url_for("installations.show", installation_id=installation_id) + "#archivos")


def _answer(form: Form, identity: str, sent: list[FileStorage]) -> tuple[Response, int]:
    (upload,) = sent
    try:
        _add(form, form.key, identity, upload)
    except Refusal as refusal:
        return jsonify({"problem": uploads.why(refusal, upload.filename)}), status_of(refusal)
    return jsonify({}), 201


def _add(form: Form, key: str, identity: str, upload: FileStorage) -> None:
    installations.add_file(
        key,
        installation_id=identity,
        title=form.text("title") or upload.filename,
        description=form.text("description"),
        visible_to_client=form.value_of("visible_to_client"),
        file=uploads.stage(upload),
    )
