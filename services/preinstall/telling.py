"""A request as events tell it."""

from __future__ import annotations

from typing import Any

from services.preinstall.model import Document, Request

_PLAIN = (
    "tracking_number", "first_name", "last_name", "official_id", "email", "phone", "second_phone", "address",
    "neighbourhood", "city", "postal_code", "comments", "submitted_at",
)  # fmt: skip


def told(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in _PLAIN} | {
        "request_id": request.id,
        "documents": told_documents(request),
    }


def told_rejected(request: Request) -> dict[str, Any]:
    person = {name: getattr(request, name) for name in _PLAIN if name not in ("comments", "submitted_at")}
    return person | {"request_id": request.id, "reason": request.reject_reason, "rejected_at": request.rejected_at}


def told_documents(request: Request) -> list[dict[str, Any]]:
    return [_told(document) for document in request.documents]


def _told(document: Document) -> dict[str, Any]:
    names = ("kind", "title", "file_key", "sha256", "size", "content_type")
    return {"document_id": document.id} | {name: getattr(document, name) for name in names}
