"""The notifications service."""

from __future__ import annotations

from typing import Any

from gateway.backends.asking import Backend


class Notifications(Backend):
    service = "notifications"

    def messages(self, **filters: Any) -> Any:
        return self.ask("list_messages", **filters)

    def message(self, message_id: str) -> Any:
        return self.ask("get_message", message_id=message_id)

    def resend(self, key: str, message_id: str) -> Any:
        return self.tell("resend", key, message_id=message_id)
