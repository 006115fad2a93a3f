"""Files that come with a public form: staged as they arrive, and kept over a form that comes back with errors."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import structlog
from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from chassis.errors import Transient
from chassis.files import FileTooLarge
from gateway.forms import Form

# Staged files are forgotten after a day; a page that was open for longer has to choose them again.
KEPT_SECONDS = 20 * 3600
LONGEST_NAME = 200
log = structlog.get_logger()


@dataclasses.dataclass(frozen=True, slots=True)
class Paper:
    """A staged file, for the form field that it came in."""

    field: str
    staged_key: str
    filename: str
    size: int
    sha256: str

    @property
    def upload(self) -> dict[str, Any]:
        """What services take for a file."""
        return {
            "staged_key": self.staged_key, "filename": self.filename, "size": self.size, "sha256": self.sha256,
        }  # fmt: skip


class Papers:
    """The files of one form, by field. `purpose` ties kept ones to the form that they were sent with."""

    def __init__(self, purpose: str) -> None:
        self._signer = _signer(purpose)
        self._papers: dict[str, Paper] = {}

    def receive(self, form: Form, fields: Iterable[str], max_bytes: int) -> None:
        """Stages what this request brings; a file that is too large is said beside its field, by name."""
        for field in fields:
            sent = request.files.get(field)
            kept = self._kept(field)
            if sent is not None and sent.filename:
                self._stage(form, field, sent, max_bytes)
            elif kept is not None:
                self._papers[field] = kept

    def get(self, field: str) -> Paper | None:
        return self._papers.get(field)

    def drop(self, field: str) -> None:
        self._papers.pop(field, None)

    def all(self) -> list[Paper]:
        return list(self._papers.values())

    def token(self, field: str) -> str:
        """For a hidden field: what brings the file again without choosing it again."""
        paper = self._papers.get(field)
        return self.token_of(paper) if paper else ""

    def token_of(self, paper: Paper) -> str:
        return self._signer.dumps(dataclasses.asdict(paper))

    def _stage(self, form: Form, field: str, sent: FileStorage, max_bytes: int) -> None:
        name = (sent.filename or "")[-LONGEST_NAME:]
        try:
            staged = current_app.extensions["alta"].files.stage(sent.stream, max_bytes)
        except FileTooLarge:
            form.add_error(field, "file-too-large", filename=name, max_bytes=max_bytes)
            return
        except (Transient, OSError) as error:
            log.warning("file-not-staged", error=repr(error))
            form.add_error(field, "file-store-away")
            return
        if staged.size == 0:
            form.add_error(field, "file-damaged", filename=name)
            return
        self._papers[field] = Paper(field, staged.key, name, staged.size, staged.sha256)

    def _kept(self, field: str) -> Paper | None:
        try:
            kept = self._signer.loads(request.form.get(f"kept_{field}", ""), max_age=KEPT_SECONDS)
        except BadSignature:
            return None
        return Paper(**kept) if kept["field"] == field else None


def purpose_of_request(company_id: object, request_id: object) -> str:
    return f"request/{company_id}/{request_id}"


def _signer(purpose: str) -> URLSafeTimedSerializer:
    keys = current_app.extensions["alta"].keyring.derive("gateway.papers")
    return URLSafeTimedSerializer(list(reversed(keys)), salt=purpose)
