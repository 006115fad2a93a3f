"""Asking twice with the same key does it once: the answer is kept in the command's own transaction."""

from __future__ import annotations

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

NO_COMPANY = UUID(int=0)  # of public commands, which learn the company from a token


class KeyReused(Conflict):
    """The key came before with another request."""

    code = "idempotency-key-reused"


class Answers:
    """The kept answer to one request, in one session."""

    def __init__(self, session: Session, *, company_id: UUID | None, key: str, method: str, request: Any) -> None:
        self._connection = session.connection()
        self._identity = {"company_id": company_id or NO_COMPANY, "key": key}
        self._request = {"method": method, "request_hash": _hash(request)}

    def claim(self) -> bool:
        """Whether the request is new. Waits for another transaction that is at the same one."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        row = {**self._identity, **self._request, "created_at": clock.now()}
        statement = dialect.insert(idempotency).values(row).on_conflict_do_nothing()
        return self._connection.execute(statement).rowcount == 1

    def kept(self) -> dict[str, Any] | None:
        """`{"result": ...}` as it was answered, None for a new request; raises `KeyReused`."""
        columns = idempotency.c
        row = self._connection.execute(
            select(columns.method, columns.request_hash, columns.response).where(*self._mine())
        ).one_or_none()
        if row is None:
            return None
        if {"method": row.method, "request_hash": row.request_hash} != self._request:
            raise KeyReused
        return row.response

    def keep(self, result: Any) -> None:
        self._connection.execute(update(idempotency).where(*self._mine()).values(response={"result": result}))

    def _mine(self) -> list[Any]:
        return [idempotency.c[name] == value for name, value in self._identity.items()]


def _hash(request: Any) -> str:
    return hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS)).hexdigest()
