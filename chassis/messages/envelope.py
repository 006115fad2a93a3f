"""The CloudEvents 1.0 envelope in structured JSON mode.

Source: CloudEvents 1.0.2, "JSON Event Format" (content type `application/cloudevents+json`).
The extension attributes are lower-case letters and digits only, as that specification asks.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

CONTENT_TYPE = "application/cloudevents+json"


class MalformedMessage(Exception):
    """Bytes that are not an envelope; no retry can mend them."""


_company = lru_cache(maxsize=1024)(UUID)  # the same few again and again


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event on the wire. `entity_version` grows with every change of the subject."""

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    dataschema: str
    company_id: UUID
    correlation_id: str
    causation_id: str | None
    entity_version: int
    data: dict[str, Any]

    def encode(self) -> bytes:
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": self.id,
                "source": self.source,
                "type": self.type,
                "subject": self.subject,
                "time": self.time.astimezone(UTC),
                "datacontenttype": "application/json",
                "dataschema": self.dataschema,
                "companyid": self.company_id,
                "correlationid": self.correlation_id,
                "causationid": self.causation_id,
                "entityversion": self.entity_version,
                "data": self.data,
            },
            option=orjson.OPT_UTC_Z,
        )

    @classmethod
    def decode(cls, body: bytes) -> Envelope:
        """Raises `MalformedMessage` with what is wrong, never anything else."""
        try:
            raw = orjson.loads(body)
            data = raw["data"]
            if not isinstance(data, dict):
                raise MalformedMessage("data is not an object")
            return cls(
                id=UUID(raw["id"]),
                source=raw["source"],
                type=raw["type"],
                subject=raw["subject"],
                time=datetime.fromisoformat(raw["time"]),
                dataschema=raw["dataschema"],
                company_id=_company(raw["companyid"]),
                correlation_id=raw["correlationid"],
                causation_id=raw.get("causationid"),
                entity_version=int(raw["entityversion"]),
                data=data,
            )
        except KeyError as missing:
            raise MalformedMessage(f"the envelope lacks {missing}") from missing
        except (orjson.JSONDecodeError, TypeError, ValueError, AttributeError) as error:
            raise MalformedMessage(f"not an event envelope: {error}") from error
