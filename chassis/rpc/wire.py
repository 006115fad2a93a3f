"""What an RPC message says, and what its answer looks like. Source: nameko 2.14.1, `nameko/rpc.py`."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

import orjson

from chassis.errors import Internal, Refusal, from_dict

EXCHANGE = "nameko-rpc"
CONTENT_TYPE = "application/json"


class MalformedRequest(Exception):
    """A message that no method can be called with."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`deadline` is the moment, in seconds of the Unix clock, from which nobody waits any more; None for never."""

    method: str
    context: Mapping[str, Any]
    data: Any
    deadline: float | None

    @property
    def is_expired(self) -> bool:
        return self.deadline is not None and time.time() > self.deadline


def queue_name(service: str) -> str:
    return f"rpc-{service}"


def routing_key(service: str, method: str) -> str:
    return f"{service}.{method}"


def encode_request(context: Mapping[str, Any], data: Any, deadline: float) -> bytes:
    context = {**context, "deadline": deadline}
    return orjson.dumps({"args": [], "kwargs": {"context": context, "data": data}})


def read_request(key: str, content_type: str | None, body: bytes | memoryview | str) -> Request:
    """Raises `MalformedRequest` with what is wrong, never anything else."""
    if content_type != CONTENT_TYPE:
        raise MalformedRequest(f"content type {content_type!r} instead of {CONTENT_TYPE}")
    try:
        decoded = orjson.loads(body)
        args, kwargs = decoded["args"], decoded["kwargs"]
        context, data = kwargs.get("context", {}), kwargs.get("data", {})
        deadline = context.get("deadline")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise MalformedRequest(f"not a request: {error!r}") from error
    if args or kwargs.keys() - {"context", "data"}:
        raise MalformedRequest("a request has the keyword arguments context and data, and no others")
    if deadline is not None and (isinstance(deadline, bool) or not isinstance(deadline, (int, float))):
        raise MalformedRequest("the deadline is not a number of seconds")
    return Request(method=key.rpartition(".")[2], context=context, data=data, deadline=deadline)


def encode_result(result: Any) -> bytes:
    return orjson.dumps({"result": result, "error": None})


def encode_refusal(refusal: Refusal) -> bytes:
    """`exc_type` and `value` are for clients made with Nameko alone."""
    named = {"exc_type": type(refusal).__name__, "exc_path": "", "exc_args": [refusal.code], "value": refusal.code}
    return orjson.dumps({"result": None, "error": {**refusal.as_dict(), **named}}, default=str)


def read_reply(body: bytes) -> Any:
    """The result; raises the `Refusal` that the other side answered with."""
    try:
        reply = orjson.loads(body)
        error = reply["error"]
        if error is None:
            return reply["result"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as wrong:
        raise Internal("reply-malformed") from wrong
    raise from_dict(error) if isinstance(error, dict) else Internal("reply-malformed")
