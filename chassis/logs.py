"""Logs: one line per unit of work, as JSON or for reading, each with the correlation id of its story.

What is called a secret by its name is never written, however deep it hides.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
import structlog

# Part of a key's name is enough: `wifi_password`, `session_token`, `signature_png`.
SECRET_NAMES = ("password", "passwd", "secret", "token", "signature", "authorization", "cookie", "sealed", "api_key")
HIDDEN = "[hidden]"
# They tell of each message and each connection; what goes wrong they tell as warnings.
_TALKATIVE = ("amqp", "kombu", "nameko", "pika", "alembic", "botocore", "urllib3", "eventlet", "PIL", "fontTools")


def configure(service: str, *, level: str = "info", format: str = "json") -> None:
    """Sends structlog and the standard library's loggers to standard output; `format` is json or text."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    before = _before_rendering(service)
    structlog.configure(
        processors=[*before, *_rendering(format)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_factory(format),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *before],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(format, as_text=True)],
        )
    )
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))


def hide_secrets(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor."""
    return _hidden(event)


def _before_rendering(service: str) -> list[Any]:
    def name_service(_logger: Any, _method: str, event: Any) -> Any:
        event["service"] = service
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_service,
        hide_secrets,
    ]


def _rendering(format: str, *, as_text: bool = False) -> list[Any]:
    if format == "text":
        return [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())]
    renderer = structlog.processors.JSONRenderer(serializer=_as_text if as_text else _as_bytes)
    return [structlog.processors.format_exc_info, renderer]


def _factory(format: str) -> Any:
    return structlog.PrintLoggerFactory() if format == "text" else structlog.BytesLoggerFactory()


def _as_bytes(event: Any, **_: Any) -> bytes:
    try:
        return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        # Half a character, or a number of more than 64 bits: whoever logs it must not fail for that.
        return json.dumps(event, default=str, skipkeys=True).encode()


def _as_text(event: Any, **_: Any) -> str:
    return _as_bytes(event).decode()


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: HIDDEN if _names_a_secret(key) else _hidden(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)) and not _is_exc_info(value):
        return [_hidden(inner) for inner in value]
    return value


def _names_a_secret(key: Any) -> bool:
    return isinstance(key, str) and _has_secret_name(key)


@lru_cache(maxsize=1_000)
def _has_secret_name(key: str) -> bool:
    return any(word in key.lower() for word in SECRET_NAMES)


def _is_exc_info(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], BaseException)
