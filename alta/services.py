"""Asking services from the command line, through the same RPC that the gateway uses."""

from __future__ import annotations

from typing import Any

from alta.running import this_stack
from chassis.identifiers import new_id
from chassis.rpc.client import RpcClient

ACTOR = {"kind": "system", "id": "alta", "name": "alta", "role": "operator"}


def ask(service: str, method: str, data: dict[str, Any] | None = None, *, timeout: float = 10.0) -> Any:
    """The answer; raises `chassis.errors.Refusal`."""
    client = RpcClient(this_stack().amqp_uri_of("alta"))
    try:
        return client.call(service, method, data or {}, context=_context(), timeout=timeout)
    finally:
        client.close()


def _context() -> dict[str, Any]:
    return {"company_id": None, "actor": ACTOR, "locale": "en", "correlation_id": str(new_id())}
