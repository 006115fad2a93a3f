"""The billing service."""

from __future__ import annotations

from typing import Any

from gateway.backends.asking import Backend


class Billing(Backend):
    service = "billing"

    def summary(self) -> Any:
        return self.ask("summary")

    def articles(self, search: str | None = None, **paging: Any) -> Any:
        return self.ask("list_articles", search=search, **paging)

    def save_article(self, key: str, **article: Any) -> Any:
        return self.tell("save_article", key, **article)

    def create_invoice(self, key: str, **invoice: Any) -> Any:
        return self.tell("create_invoice", key, **invoice)

    def invoices(self, **filters: Any) -> Any:
        return self.ask("list_invoices", **filters)

    def invoice(self, invoice_id: str) -> Any:
        return self.ask("get_invoice", invoice_id=invoice_id)

    def register_payment(self, key: str, invoice_id: str, **payment: Any) -> Any | None:
        """None when it was kept for later."""
        return self.tell_or_keep("register_payment", key, invoice_id, invoice_id=invoice_id, **payment)

    def account(self, installation_id: str) -> Any:
        return self.ask("account", installation_id=installation_id)

    def account_for_client(self, installation_id: str) -> Any:
        return self.ask("account_for_client", installation_id=installation_id)

    def invoice_for_client(self, installation_id: str, invoice_id: str) -> Any:
        return self.ask("invoice_for_client", installation_id=installation_id, invoice_id=invoice_id)

    def terms(self) -> Any:
        return self.ask("terms")

    def change_terms(self, key: str, **terms: Any) -> Any:
        return self.tell("change_terms", key, **terms)
