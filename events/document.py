"""Writes the published language down: one JSON Schema per event and an AsyncAPI 3 document of all.

Sources: AsyncAPI Specification 3.0.0; CloudEvents 1.0.2 AMQP and JSON bindings; JSON Schema 2020-12.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

import events
from chassis.messages import Event, declared_events
from chassis.messages.envelope import CONTENT_TYPE

SAMPLES = Path(__file__).parent / "samples"
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[str, str]:
    """Every generated file: its path below `docs/events/` and its text."""
    files = {f"schemas/{event.type}.json": _as_json(_message_schema(event)) for event in declared_events("events")}
    files["asyncapi.yaml"] = yaml.safe_dump(_asyncapi(), sort_keys=False, allow_unicode=True, width=110)
    return files


def sample(event: type[Event]) -> dict[str, Any]:
    """The golden sample of an event: a whole envelope as it travels."""
    return json.loads((SAMPLES / f"{event.type}.json").read_text(encoding="utf-8"))


def _as_json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _data_schema(event: type[Event]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON Schema of an event's data, and of the shapes it refers to."""
    plugin = MarshmallowPlugin()
    spec = APISpec(title="events", version="1", openapi_version="3.1.0", plugins=[plugin])
    schema = plugin.converter.schema2jsonschema(event.schema)
    shapes = spec.to_dict().get("components", {}).get("schemas", {})
    text = json.dumps([schema, shapes]).replace("#/components/schemas/", "#/$defs/")
    return tuple(json.loads(text))


def _message_schema(event: type[Event]) -> dict[str, Any]:
    data, shapes = _data_schema(event)
    uuid, text = {"type": "string", "format": "uuid"}, {"type": "string"}
    schema = {
        "$schema": SCHEMA_DIALECT,
        "$id": event.dataschema,
        "title": event.type,
        "description": (event.__doc__ or "").strip(),
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": uuid,
            "source": {"const": event.source},
            "type": {"const": event.type},
            "subject": {**text, "description": f"the {event.subject} of the data"},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "dataschema": {"const": event.dataschema},
            "companyid": uuid,
            "correlationid": text,
            "causationid": {"type": ["string", "null"]},
            "entityversion": {"type": "integer", "minimum": 0},
            "data": data,
        },
        "required": [
            "specversion", "id", "source", "type", "subject", "time",
            "dataschema", "companyid", "correlationid", "entityversion", "data",
        ],
    }  # fmt: skip
    return schema | ({"$defs": shapes} if shapes else {})


def _publishers() -> dict[str, list[type[Event]]]:
    owners: dict[str, list[type[Event]]] = {}
    for event in declared_events("events"):
        owners.setdefault(event.source, []).append(event)
    return owners


def _asyncapi() -> dict[str, Any]:
    owners = _publishers()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Alta events",
            "version": "1",
            "description": (
                "Facts that Alta tells over RabbitMQ: CloudEvents 1.0 in structured JSON. Each publisher has a durable "
                "topic exchange; the routing key is the event's type. Delivery is at least once: tell repeated "
                "deliveries by `id`, and what is older than what you have by `entityversion`."
            ),
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {source: _channel(source, owned) for source, owned in owners.items()},
        "operations": {f"tell-{source}": _operation(source) for source in owners},
        "components": {
            "messages": {event.type: _message(event) for owned in owners.values() for event in owned},
        },
    }


def _channel(source: str, owned: list[type[Event]]) -> dict[str, Any]:
    module = getattr(events, source)
    return {
        "address": f"{source}.events",
        "description": (module.__doc__ or "").strip(),
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"} for event in owned},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": f"{source}.events", "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(source: str) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{source}"},
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, "bindingVersion": "0.3.0"}},
    }


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.type,
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"./schemas/{event.type}.json"},
        "examples": [{"payload": sample(event)}],
    }
