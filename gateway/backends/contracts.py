"""The contracts service."""

from __future__ import annotations

from typing import Any

from gateway.backends.asking import Backend


class Contracts(Backend):
    service = "contracts"

    def summary(self) -> Any:
        return self.ask("summary")

    def unsigned(self, **paging: Any) -> Any:
        return self.ask("list_unsigned", **paging)

    def templates(self) -> list[Any]:
        return self.ask("list_templates")["rows"]

    def save_template(self, key: str, **template: Any) -> Any:
        return self.tell("save_template", key, **template)

    def draft(self, installation_id: str, template_id: str | None = None) -> Any:
        return self.ask("draft", installation_id=installation_id, template_id=template_id)

    def save(self, key: str, **contract: Any) -> Any:
        return self.tell("save", key, **contract)

    def for_installation(self, installation_id: str) -> Any | None:
        return self.ask("get_for_installation", installation_id=installation_id)

    def issue_link(self, key: str, contract_id: str, *, send_email: bool) -> Any:
        return self.tell("issue_link", key, contract_id=contract_id, send_email=send_email)

    def revoke_link(self, key: str, contract_id: str) -> Any:
        return self.tell("revoke_link", key, contract_id=contract_id)

    def open_link(self, token: str) -> Any:
        return self.ask("open_link", token=token)

    def sign_by_link(self, key: str, about: str, **signature: Any) -> Any | None:
        """None when it was kept for later."""
        return self.tell_or_keep("sign_by_link", key, about, timeout=60.0, **signature)

    def sign_in_person(self, key: str, **signature: Any) -> Any:
        return self.tell("sign_in_person", key, timeout=60.0, **signature)

    def generate_pdf(self, key: str, contract_id: str) -> Any:
        return self.tell("generate_pdf", key, contract_id=contract_id)

    def open_pdf(self, contract_id: str) -> Any:
        return self.ask("open_pdf", contract_id=contract_id)

    def open_pdf_by_link(self, token: str) -> Any:
        return self.ask("open_pdf_by_link", token=token)

    def open_attachment(self, attachment_id: str) -> Any:
        return self.ask("open_attachment", attachment_id=attachment_id)

    def add_attachments(self, key: str, contract_id: str, attachments: list[dict[str, Any]]) -> Any:
        """Looking at the files takes a while."""
        return self.tell("add_attachments", key, timeout=60.0, contract_id=contract_id, attachments=attachments)

    def contract_for_client(self, installation_id: str) -> Any | None:
        return self.ask("contract_for_client", installation_id=installation_id)

    def link_for_client(self, key: str, installation_id: str) -> Any:
        return self.tell("link_for_client", key, installation_id=installation_id)

    def open_pdf_for_client(self, installation_id: str) -> Any:
        return self.ask("open_pdf_for_client", installation_id=installation_id)

    def tags(self) -> list[str]:
        return self.ask("list_tags")["tags"]
