"""The form of an invoice: lines that may name an article, and the payment that may come with it."""

from __future__ import annotations

import re
from typing import Any

from chassis.errors import Refusal
from gateway import formats
from gateway.forms import Form

LINES = 20
PARTS = ("article_id", "description", "quantity", "price")
# Where the service's names for what is wrong are on the page.
_RENAMED = {"unit_price_minor": "price", "amount_minor": "amount"}


class InvoiceForm(Form):
    """Fields `line-<n>-<part>`; a line where nothing was typed is none."""

    def command(self, *, currency: str, pay: bool) -> dict[str, Any]:
        """What `billing.create_invoice` takes; what can't be read is said beside its field."""
        self._written = [n for n in range(LINES) if self._is_written(n)]
        if not self._written:
            self.add_error("line-0-description", "required")
        lines = [self._line(n, currency) for n in self._written]
        return {
            "installation_id": self.text("installation_id"),
            "kind": self.text("kind") or "other_income",
            "lines": lines,
            "payment": self._payment(lines, currency) if pay else None,
        }

    def refuse_lines(self, refusal: Refusal) -> None:
        """Beside the line that each complaint is about."""
        renamed = {path: self._name_of(path) for path in refusal.fields}
        self.refuse(refusal, renamed=renamed)

    def line(self, n: int, part: str) -> str:
        return f"line-{n}-{part}"

    def is_shown(self, n: int) -> bool:
        return n == 0 or self._is_written(n) or any(self.errors_of(self.line(n, part)) for part in PARTS)

    def _is_written(self, n: int) -> bool:
        return any(self.text(self.line(n, part)) for part in ("article_id", "description", "price"))

    def _line(self, n: int, currency: str) -> dict[str, Any]:
        quantity = self.text(self.line(n, "quantity")) or "1"
        price = formats.minor_units(self.text(self.line(n, "price")) or "", currency)
        if not quantity.isdecimal():
            self.add_error(self.line(n, "quantity"), "invalid-number")
        if price is None:
            self.add_error(self.line(n, "price"), "invalid-money")
        return {
            "article_id": self.text(self.line(n, "article_id")),
            "description": self.text(self.line(n, "description")),
            "quantity": int(quantity) if quantity.isdecimal() else 1,
            "unit_price_minor": price,
        }

    def _payment(self, lines: list[dict[str, Any]], currency: str) -> dict[str, Any] | None:
        """All of it, unless another amount was typed."""
        if any(line["unit_price_minor"] is None for line in lines):
            return None
        amount = sum(line["quantity"] * line["unit_price_minor"] for line in lines)
        if typed := self.text("amount"):
            given = formats.minor_units(typed, currency)
            if given is None:
                self.add_error("amount", "invalid-money")
                return None
            amount = given
        return {"amount_minor": amount, "method": self.text("method") or "cash", "reference": self.text("reference")}

    def _name_of(self, path: str) -> str:
        found = re.match(r"lines\.(\d+)\.(\w+)", path)
        if found and int(found[1]) < len(self._written):
            return self.line(self._written[int(found[1])], _RENAMED.get(found[2], found[2]))
        last = path.rpartition(".")[2]
        return "line-0-description" if path == "lines" else _RENAMED.get(last, last)
