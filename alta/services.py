"""Asking services from the command line, through the same RPC that the gateway uses."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from alta.running import this_stack
from chassis.identifiers import new_id
from chassis.rpc.client import PATIENT_SECONDS, RpcClient

ACTOR = {"kind": "system", "id": "alta", "name": "alta", "role": "operator"}


class Services:
    """Asks as the operator; for one company, or about what belongs to none."""

    def __init__(self, amqp_uri: str, *, company_id: str | None = None) -> None:
        self._client = RpcClient(amqp_uri, connect_seconds=PATIENT_SECONDS)
        self._company_id = company_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def ask(self, service: str, method: str, data: dict[str, Any] | None = None, *, timeout: float = 10.0) -> Any:
        """The answer; raises `chassis.errors.Refusal`."""
        context = {"company_id": self._company_id, "actor": ACTOR, "locale": "es", "correlation_id": str(new_id())}
        return self._client.call(service, method, data or {}, context=context, timeout=timeout)


def ask(service: str, method: str, data: dict[str, Any] | None = None) -> Any:
    """One question to a service of this place."""
    with Services(this_stack().amqp_uri_of("alta")) as services:
        return services.ask(service, method, data)
