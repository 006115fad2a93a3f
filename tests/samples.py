"""Events as a consumer gets them: their golden samples, with other values where a test says so."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson

from chassis.identifiers import new_id
from chassis.messages import Envelope, Event
from events.document import sample

COMPANY = UUID("01981f00-0000-7000-8000-000000000001")
STRANGER = UUID("01981f00-0000-7000-8000-0000000000ff")
MARIA = UUID("01981f00-0000-7000-8000-000000000005")
"""The installation of María, who becomes a client."""

Told = TypeVar("Told", bound=Event)


def told(kind: type[Told], *, version: int = 1, company_id: UUID = COMPANY, **changed: Any) -> Told:
    """The event's sample with other values, under a new id."""
    return kind.read(envelope_of(kind, version=version, company_id=company_id, **changed))


def envelope_of(kind: type[Event], *, version: int = 1, company_id: UUID = COMPANY, **changed: Any) -> Envelope:
    envelope = Envelope.decode(orjson.dumps(sample(kind)))
    if "company_id" in envelope.data:
        changed["company_id"] = company_id
    data = envelope.data | {name: _plain(value) for name, value in changed.items()}
    subject = str(data[kind.subject])
    return dataclasses.replace(
        envelope, id=new_id(), subject=subject, company_id=company_id, entity_version=version, data=data
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
