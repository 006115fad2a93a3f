"""Files and signatures as they arrive: inspected and kept before the transaction that names them begins."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from chassis.errors import ValidationFailed
from chassis.files import FileStore
from chassis.images import Documents
from chassis.schemas import coded
from services.contracts.attaching import StoredFile
from services.contracts.signature_image import read_signature
from services.contracts.signing import Signed

LONGEST_USER_AGENT = 500
_KEPT = ("token", "contract_id", "text_sha256")


class Receiving:
    """Into one file store. What a later refusal leaves behind is content that nobody names."""

    def __init__(self, files: FileStore) -> None:
        self._files = files
        self._documents = Documents(files)

    def close(self) -> None:
        self._documents.close()

    def signature(self, data: dict[str, Any], company_id: UUID) -> dict[str, Any]:
        """What `signing` takes, from what the schema gave. Raises `BadSignature`, and what `attachments` raises."""
        png = read_signature(data["signature_png"])
        attachments = self.attachments(data["attachments"], company_id)
        signed = Signed(
            signer_name=data["signer_name"],
            image_key=self._files.put(png, company_id),
            image_sha256=hashlib.sha256(png).hexdigest(),
            ip=data["ip"],
            user_agent=(data["user_agent"] or "")[:LONGEST_USER_AGENT] or None,
            attachments=attachments,
        )
        return {name: data[name] for name in _KEPT if name in data} | {"signed": signed}

    def attachments(self, uploads: Sequence[dict[str, Any]], company_id: UUID) -> list[StoredFile]:
        """The inspected files, or `ValidationFailed` that says of each bad one what is wrong with it."""
        taken, refused = [], {}
        for nth, upload in enumerate(uploads):
            title = upload.pop("title")
            try:
                taken.append(StoredFile(title=title, **asdict(self._documents.take(company_id, **upload))))
            except ValidationFailed as error:
                refused[f"attachments.{nth}"] = coded(error.code, **error.params)
        if refused:
            raise ValidationFailed(fields=refused)
        return taken
