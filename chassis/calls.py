"""One command or question as a use case sees it: who asks, for which company, when, and what."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import NotAllowed
from chassis.identifiers import new_id

KEPT_AT_MOST = timedelta(days=30)
CLIENT = "client"


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: `kind` is staff, client, public or system; the rest is None where it is not known."""

    kind: str
    id: str | None = None
    name: str | None = None
    role: str | None = None
    ip: str | None = None


@dataclasses.dataclass(slots=True, kw_only=True)
class Call:
    """`data` is what the method's schema made of the request. `session` is None in a `before` hook.

    `asked_at` is when the person asked: before `at` when the gateway kept the command for a service that was away.
    """

    data: Any
    company_id: UUID | None
    actor: Actor
    at: datetime
    asked_at: datetime
    locale: str | None
    correlation_id: str
    idempotency_key: str | None
    session: Session | None = None


def read_call(context: Mapping[str, Any]) -> Call:
    """The call that a context speaks of, without its data; raises `NotAllowed("context-invalid")`."""
    try:
        company, at = context.get("company_id"), clock.now()
        return Call(
            data=None,
            company_id=UUID(str(company)) if company else None,
            actor=_actor(context.get("actor") or {"kind": "public"}),
            at=at,
            asked_at=_earlier(context.get("asked_at"), at),
            locale=_text(context.get("locale")),
            correlation_id=_text(context.get("correlation_id")) or new_id().hex,
            idempotency_key=_text(context.get("idempotency_key")),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise NotAllowed("context-invalid") from error


def _earlier(claimed: Any, at: datetime) -> datetime:
    """`claimed`, unless it is in the future or longer ago than any command is kept."""
    moment = datetime.fromisoformat(claimed) if claimed else at
    return moment if at - KEPT_AT_MOST <= moment <= at else at


def _actor(given: Mapping[str, Any]) -> Actor:
    return Actor(
        kind=_text(given["kind"]) if given.get("kind") else "public",
        id=_text(given.get("id")),
        name=_text(given.get("name")),
        role=_text(given.get("role")),
        ip=_text(given.get("ip")),
    )


def _text(value: Any) -> str | None:
    """At most 200 characters: what the tables keep of it."""
    if value is not None and (not isinstance(value, str) or len(value) > 200):
        raise ValueError("not a text of at most 200 characters")
    return value
