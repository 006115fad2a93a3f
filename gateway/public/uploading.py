"""Resumable uploads for the public form: tus 1.0.0 with creation, expiration and termination.

Any tus client can speak to it. The form gives a ticket for its own request, which every upload begins with;
a finished upload answers with what the form sends in the file's place. Source: tus.io/protocols/resumable-upload.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from werkzeug.http import http_date

from chassis.errors import Conflict
from chassis.files import FileTooLarge
from chassis.storage import find
from gateway import messages, pieces
from gateway.app import csrf, limiter
from gateway.model import PartialUpload
from gateway.public.entering import enter
from gateway.public.form_rules import KINDS
from gateway.public.papers import LONGEST_NAME, Paper, Papers, purpose_of_request
from gateway.public.request_form import PATH
from gateway.public.tickets import is_ticket
from gateway.roles import PUBLIC, allowed

VERSION = "1.0.0"
PLACE = f"{PATH}/archivos/<uuid:request_id>"
ONE = f"{PLACE}/<uuid:upload_id>"

blueprint = Blueprint("uploading", __name__)


@blueprint.after_request
def _speak_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.before_request
def _check_version() -> Response | None:
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
        return Response(status=412, headers={"Tus-Version": VERSION})
    return None


@blueprint.route(PLACE, methods=["OPTIONS"])
@csrf.exempt
@allowed(PUBLIC)
def abilities(name: str, request_id: UUID) -> Response:
    headers = {"Tus-Version": VERSION, "Tus-Extension": "creation,expiration,termination"}
    return Response(status=204, headers={**headers, "Tus-Max-Size": str(_largest())})


@blueprint.post(PLACE)
@csrf.exempt
@allowed(PUBLIC)
@limiter.limit("60/minute;300/hour")
def begin(name: str, request_id: UUID) -> Response:
    enter(name)
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    if not is_ticket(told.get("ticket", ""), str(request_id)) or told.get("field") not in KINDS:
        abort(403)
    length = request.headers.get("Upload-Length", type=int)
    if length is None or length < 1:
        abort(400)
    if length > _largest():
        abort(413)
    filename = (told.get("filename") or told["field"])[-LONGEST_NAME:]
    try:
        with _runtime().database.begin(g.company.id) as session:
            upload = pieces.begin(
                session, request_id=request_id, field=told["field"], filename=filename, length=length, at=g.at
            )
            answer = _where(upload)
    except pieces.TooMuch as refused:
        return Response(messages.text_of(refused.code), status=429, mimetype="text/plain")
    answer.status_code = 201
    answer.headers["Location"] = url_for(".state", name=name, request_id=request_id, upload_id=upload.id)
    return answer


@blueprint.route(ONE, methods=["HEAD"])
@csrf.exempt
@allowed(PUBLIC)
@limiter.limit("240/minute")
def state(name: str, request_id: UUID, upload_id: UUID) -> Response:
    enter(name)
    return _where(_whole_if_it_is_here(_found(request_id, upload_id)))


@blueprint.patch(ONE)
@csrf.exempt
@allowed(PUBLIC)
@limiter.limit("600/minute")
def append(name: str, request_id: UUID, upload_id: UUID) -> Response:
    enter(name)
    if request.mimetype != "application/offset+octet-stream":
        abort(415)
    upload, offset = _found(request_id, upload_id), request.headers.get("Upload-Offset", type=int)
    if offset != upload.received:
        abort(409)
    try:
        piece = pieces.receive(_runtime().files, request.stream, most=upload.length - offset)
    except FileTooLarge:
        abort(413)
    if piece.size == 0:
        _runtime().files.delete_staged(piece.key)
        return _where(upload)
    try:
        with _runtime().database.begin(g.company.id) as session:
            upload = pieces.add(session, upload_id=upload_id, offset=offset, piece=piece)
    except Conflict:
        _runtime().files.delete_staged(piece.key)
        abort(409)
    return _where(_whole_if_it_is_here(upload))


@blueprint.delete(ONE)
@csrf.exempt
@allowed(PUBLIC)
@limiter.limit("60/minute")
def forget(name: str, request_id: UUID, upload_id: UUID) -> Response:
    enter(name)
    _found(request_id, upload_id)
    with _runtime().database.begin(g.company.id) as session:
        spare = pieces.forget(session, upload_id=upload_id)
    _delete(spare)
    return Response(status=204)


def _found(request_id: UUID, upload_id: UUID) -> PartialUpload:
    """404 for one that was never begun, was forgotten, is another request's, or got too old."""
    with _runtime().database.read(g.company.id) as session:
        upload = find(session, PartialUpload, upload_id)
    if upload.request_id != request_id or upload.begun_at + pieces.KEPT < g.at:
        abort(404)
    return upload


def _whole_if_it_is_here(upload: PartialUpload) -> PartialUpload:
    """Put together when the last piece came; also when that was interrupted the last time."""
    if upload.received < upload.length or upload.staged_key is not None:
        return upload
    whole = pieces.put_together(_runtime().files, upload)
    with _runtime().database.begin(g.company.id) as session:
        upload, spare = pieces.finish(session, upload_id=upload.id, whole=whole)
    _delete(spare)
    return upload


def _where(upload: PartialUpload) -> Response:
    """How far it is; of a finished one, what the form sends for it."""
    response = Response(status=200 if request.method == "HEAD" else 204)
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Length"] = str(upload.length)
    response.headers["Upload-Expires"] = http_date(upload.begun_at + pieces.KEPT)
    if upload.staged_key is not None and upload.sha256 is not None:
        paper = Paper(upload.field, upload.staged_key, upload.filename, upload.length, upload.sha256)
        response.headers["Alta-Paper"] = Papers(purpose_of_request(g.company.id, upload.request_id)).token_of(paper)
    return response


def _delete(keys: list[str]) -> None:
    for key in keys:
        _runtime().files.delete_staged(key)


def _metadata(header: str) -> dict[str, str]:
    """`name base64,name base64`; 400 when it is something else."""
    told = {}
    for pair in filter(None, header.split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            abort(400)
    return told


def _largest() -> int:
    return _runtime().settings.max_upload_bytes


def _runtime() -> Any:
    return current_app.extensions["alta"]
