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

    def keep_logo(self, key: str, **upload: Any) -> Any:
        """Decoding and encoding it takes a moment."""
        return self.tell("keep_logo", key, timeout=30.0, **upload)

    def submit(self, key: str, request_id: str, **form: Any) -> Any | None:
        """None when it was kept for later. Looking at the documents takes a while."""
        return self.tell_or_keep("submit", key, request_id, timeout=60.0, request_id=request_id, **form)

    def funnel(self, month: str | None = None) -> Any:
        return self.ask("funnel", month=month)["rows"]

    def summary(self) -> Any:
        return self.ask("summary")

    def list(self, **filters: Any) -> Any:
        return self.ask("list_requests", **filters)

    def get(self, request_id: str) -> Any:
        return self.ask("get_request", request_id=request_id)

    def open_document(self, document_id: str) -> Any:
        return self.ask("open_document", document_id=document_id)

    def preview_document(self, document_id: str) -> Any:
        """Drawn when somebody looks for the first time."""
        return self.tell("preview_document", None, timeout=30.0, document_id=document_id)

    def turn_document(self, document_id: str, quarters: int) -> Any:
        """Encoding it anew takes a moment."""
        return self.tell("turn_document", None, timeout=30.0, document_id=document_id, quarters=quarters)

    def reject(self, key: str, request_id: str, reason: str) -> Any:
        return self.tell("reject", key, request_id=request_id, reason=reason)

    def next(self, request_id: str | None) -> Any:
        return self.ask("next_open", request_id=request_id)

    def flag(self, key: str, request_id: str, note: str | None) -> Any:
        return self.tell("flag", key, request_id=request_id, note=note)

    def merge(self, key: str, request_id: str, into_id: str) -> Any:
        return self.tell("merge", key, request_id=request_id, into_id=into_id)

    def tell_apart(self, key: str, request_id: str, other_id: str) -> Any:
        return self.tell("tell_apart", key, request_id=request_id, other_id=other_id)

    def hand_over(self, key: str, request_id: str, installation_id: str) -> Any:
        return self.tell("hand_over", key, request_id=request_id, installation_id=installation_id)

    def reject_many(self, key: str, request_ids: list[str], reason: str) -> Any:
        return self.tell("reject_many", key, timeout=60.0, request_ids=request_ids, reason=reason)

    def track(self, tracking_number: str) -> Any:
        return self.ask("track", tracking_number=tracking_number)
