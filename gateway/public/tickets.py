"""What lets the page that shows a form upload files for its request, and nobody else."""

from __future__ import annotations

from flask import current_app, g
from itsdangerous import BadSignature, URLSafeTimedSerializer

LAST_SECONDS = 48 * 3600


def ticket(request_id: str) -> str:
    return _signer().dumps([str(g.company.id), request_id])


def is_ticket(given: str, request_id: str) -> bool:
    try:
        return _signer().loads(given, max_age=LAST_SECONDS) == [str(g.company.id), request_id]
    except BadSignature:
        return False


def _signer() -> URLSafeTimedSerializer:
    keys = current_app.extensions["alta"].keyring.derive("gateway.papers")
    return URLSafeTimedSerializer(list(reversed(keys)), salt="upload-ticket")
