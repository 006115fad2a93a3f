"""Asking a service for the person of this request."""

from __future__ import annotations

import dataclasses
from typing import Any

import structlog
from flask import current_app, g

from chassis.errors import Unavailable
from chassis.identifiers import new_id
from gateway import audit, catalogue, deferral

log = structlog.get_logger()


class Backend:
    """One service. `ask` is for reads, `tell` for commands; both raise a `chassis.errors.Refusal`."""

    service: str

    def ask(self, method: str, /, **data: Any) -> Any:
        return _rpc().call(self.service, method, data, context=context(), timeout=5.0)

    def audit(self, **asked: Any) -> Any:
        """Who changed what there; for owners alone."""
        return self.ask("audit_find", **asked)

    def begin_export(self, key: str, **asked: Any) -> Any:
        """Of the services that have lists."""
        return self.tell("begin_export", key, **asked)

    def export(self, export_id: str) -> Any:
        return self.ask("get_export", export_id=export_id)

    def open_export(self, export_id: str) -> Any:
        return self.ask("open_export", export_id=export_id)

    def tell(self, method: str, key: str | None, /, *, timeout: float = 10.0, **data: Any) -> Any:
        """`key` is the form's idempotency key, so that a double click is one command."""
        return _rpc().call(self.service, method, data, context=context(key or new_id().hex), timeout=timeout)

    def tell_or_keep(
        self, method: str, key: str, about: str | None, /, *, timeout: float = 10.0, **data: Any
    ) -> Any | None:
        """Like `tell`; when nobody can take the command now it is kept for later, and None returned."""
        try:
            # `tell` would wait for a service that is away until the time is over, and a person with it.
            if _rpc().is_served(self.service):
                return self.tell(method, key, timeout=timeout, **data)
        except Unavailable as away:
            log.info("command-not-taken", service=self.service, method=method, code=away.code)
        deferral.keep(current_app.extensions["alta"], self.service, method, data, context=context(key), about=about)
        return None


def context(key: str | None = None) -> dict[str, Any]:
    """Who asks, for which company, in which language, and when they did, if that was before now."""
    signed_in = g.get("signed_in")
    company = signed_in.company if signed_in else g.get("company")
    found = {
        "company_id": str(company.id) if company is not None else None,
        "actor": {name: value for name, value in dataclasses.asdict(audit.actor()).items() if value is not None},
        "locale": str(catalogue.locale()),
        "correlation_id": g.correlation_id,
    }
    if g.get("asked_at"):
        found["asked_at"] = g.asked_at.isoformat()
    return found | ({"idempotency_key": key} if key else {})


def _rpc() -> Any:
    return current_app.extensions["alta"].rpc
