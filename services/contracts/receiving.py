"""Files and signatures as they arrive: inspected and kept before the transaction that names them begins."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.files import FileStore
from services.contracts.attaching import StoredFile
from services.contracts.signature_image import read_signature
from services.contracts.signing import Signed

LONGEST_USER_AGENT = 500


class Receiving:
    """Into one file store. What a later refusal leaves behind is content that nobody names."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    def signature(self, data: dict[str, Any], company_id: UUID) -> dict[str, Any]:
        """What `signing` takes, from what the schema gave. Raises `BadSignature`, and what `files` raises."""
        png = read_signature(data["signature_png"])
        attachments = self.files(data["attachments"], company_id)
        signed = Signed(
            signer_name=data["signer_name"],
            image_key=self._files.put(png, company_id),
            image_sha256=hashlib.sha256(png).hexdigest(),
            ip=data["ip"],
            user_agent=(data["user_agent"] or "")[:LONGEST_USER_AGENT] or None,
            attachments=attachments,
        )
        return {name: data[name] for name in ("token", "contract_id") if name in data} | {"signed": signed}

    def files(self, uploads: Sequence[dict[str, Any]], company_id: UUID) -> list[StoredFile]:
        raise NotImplementedError
