"""Files on their way from a browser to the service that will own them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask import current_app
from werkzeug.datastructures import FileStorage

from chassis.errors import Refusal, ValidationFailed
from chassis.files import FileTooLarge
from gateway import messages


def stage(upload: FileStorage) -> dict[str, Any]:
    """Stores the bytes where the owner finds them; raises `ValidationFailed` when there are too many."""
    runtime = current_app.extensions["alta"]
    filename = (upload.filename or "archivo")[:200]
    try:
        staged = runtime.files.stage(upload.stream, max_bytes=runtime.settings.max_upload_bytes)
    except FileTooLarge as error:
        complaint = {"code": "file-too-large", "params": {"filename": filename} | error.params}
        raise ValidationFailed(fields={"file": [complaint]}) from error
    return {"staged_key": staged.key, "filename": filename, "size": staged.size, "sha256": staged.sha256}


def why(refusal: Refusal, filename: str) -> str:
    """What was refused about this file, in one sentence."""
    for complaints in refusal.fields.values():
        for complaint in complaints:
            return messages.text_of(complaint["code"], {"filename": filename} | complaint.get("params", {}))
    return f"{filename}: {messages.text_of(refusal.code, refusal.params)}"


def plain_name(name: str) -> str:
    """A name as routers take it: María López → maria.lopez"""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", ".", ascii_only).strip(".")[:40]
