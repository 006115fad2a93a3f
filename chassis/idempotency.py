"""A command that is sent twice is done once: its answer is stored in its transaction, under the sender's key."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict
from chassis.storage.tables import idempotency

NOBODY = UUID(int=0)  # the company of a command that is sent before its company is known


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What the command answered the first time."""

    response: Any


def claim(session: Session, *, company_id: UUID | None, key: str, method: str, request: Any) -> Answer | None:
    """The stored answer, or None for the first time: then do the command, and `store` what it answers.

    The same key at the same moment waits here until the first one's transaction has ended. Raises
    `Conflict("idempotency-key-reused")` when the key came with another request.
    """
    connection = session.connection()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {
        "company_id": company_id or NOBODY,
        "key": key,
        "method": method,
        "request_hash": _hash(method, request),
        "created_at": clock.now(),
    }
    statement = dialect.insert(idempotency).values(row).on_conflict_do_nothing()
    if connection.execute(statement).rowcount == 1:
        return None
    mine = (idempotency.c.company_id == row["company_id"]) & (idempotency.c.key == key)
    stored = connection.execute(select(idempotency).where(mine)).one()
    if stored.request_hash != row["request_hash"]:
        raise Conflict("idempotency-key-reused")
    return Answer(stored.response)


def store(session: Session, *, company_id: UUID | None, key: str, response: Any) -> None:
    """Keeps the answer; `response` is what JSON can hold."""
    mine = (idempotency.c.company_id == (company_id or NOBODY)) & (idempotency.c.key == key)
    session.connection().execute(update(idempotency).where(mine).values(response=response))


def _hash(method: str, request: Any) -> str:
    canonical = orjson.dumps([method, request], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(canonical).hexdigest()
