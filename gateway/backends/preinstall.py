"""The preinstall service."""

from __future__ import annotations

from typing import Any

from gateway.backends.asking import Backend


class Preinstall(Backend):
    service = "preinstall"

    def form_settings(self) -> Any:
        return self.ask("form_settings")

    def change_form_settings(self, key: str, **settings: Any) -> Any:
        return self.tell("change_form_settings", key, **settings)

    def submit(self, key: str, request_id: str, **form: Any) -> Any | None:
        """None when it was kept for later. Looking at the documents takes a while."""
        return self.tell_or_keep("submit", key, request_id, timeout=60.0, request_id=request_id, **form)

    def summary(self) -> Any:
        return self.ask("summary")

    def list(self, **filters: Any) -> Any:
        return self.ask("list_requests", **filters)

    def get(self, request_id: str) -> Any:
        return self.ask("get_request", request_id=request_id)

    def open_document(self, document_id: str) -> Any:
        return self.ask("open_document", document_id=document_id)

    def reject(self, key: str, request_id: str, reason: str) -> Any:
        return self.tell("reject", key, request_id=request_id, reason=reason)

    def track(self, tracking_number: str) -> Any:
        return self.ask("track", tracking_number=tracking_number)
