"""The notifications service."""

from __future__ import annotations

from typing import Any

from gateway.backends.asking import Backend


class Notifications(Backend):
    service = "notifications"

    def summary(self) -> Any:
        return self.ask("summary")

    def messages(self, **filters: Any) -> Any:
        return self.ask("list_messages", **filters)

    def message(self, message_id: str) -> Any:
        return self.ask("get_message", message_id=message_id)

    def resend(self, key: str, message_id: str) -> Any:
        return self.tell("resend", key, message_id=message_id)

    def sms_gateway(self) -> Any | None:
        return self.ask("get_sms_gateway")

    def ways_to_reach(self) -> Any:
        return self.ask("ways_to_reach")

    def save_sms_gateway(self, key: str, **described: Any) -> Any:
        return self.tell("save_sms_gateway", key, **described)

    def try_sms_gateway(self, key: str, phone: str) -> Any:
        return self.tell("try_sms_gateway", key, phone=phone)
