"""Who asked before, or is a client already: the same phone, official id or address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.preinstall.model import CANCELLED, KEYS, MERGED, KnownInstallation, Recognisable, Request, ToldApart

BECAME_CLIENTS = ("active", "ended")


def duplicates_of(session: Session, request: Request) -> list[dict[str, Any]]:
    """Other requests and installations that may be of the same person, with what they have in common."""
    others: list[tuple[str, Any]] = [("installation", each) for each in _installations(session, [request])]
    others += [("request", each) for each in _requests(session, [request]) if each.id != request.id]
    apart = _told_apart(session, [request])
    return [
        _told(kind, other, _in_common(request, other))
        for kind, other in others
        if frozenset((request.id, other.id)) not in apart
    ]


def _told(kind: str, other: Any, reasons: list[str]) -> dict[str, Any]:
    label = f"{other.number} · {other.person}" if kind == "installation" else other.person
    return {"kind": kind, "id": other.id, "label": label, "state": other.state, "reasons": reasons}


def mark_duplicated(session: Session, requests: Sequence[Request]) -> None:
    """Says of each of a page's requests whether it is `duplicated`; three statements, however many they are."""
    others: list[Any] = [*_installations(session, requests), *_requests(session, requests)] if requests else []
    apart = _told_apart(session, requests)
    for request in requests:
        request.duplicated = any(
            other.id != request.id and _in_common(request, other) and frozenset((request.id, other.id)) not in apart
            for other in others
        )


def _told_apart(session: Session, requests: Iterable[Request]) -> set[frozenset[UUID]]:
    ids = [request.id for request in requests]
    found = session.scalars(select(ToldApart).where(or_(ToldApart.one_id.in_(ids), ToldApart.other_id.in_(ids))))
    return {frozenset((each.one_id, each.other_id)) for each in found}


def _requests(session: Session, requests: Iterable[Request]) -> list[Request]:
    """One that was merged is the other one's now."""
    return list(session.scalars(select(Request).where(_shares(Request, requests), Request.state != MERGED).limit(200)))


def _installations(session: Session, requests: Iterable[Request]) -> list[KnownInstallation]:
    """Their own installations are no duplicates of them."""
    own = [request.installation_id for request in requests if request.installation_id]
    statement = select(KnownInstallation).where(
        _shares(KnownInstallation, requests), KnownInstallation.state != CANCELLED, KnownInstallation.id.not_in(own)
    )
    return list(session.scalars(statement.limit(200)))


def _shares(model: type[Any], requests: Iterable[Request]) -> Any:
    return or_(
        *(
            getattr(model, key).in_([value for each in requests if (value := getattr(each, key))])
            for key in KEYS.values()
        )
    )


def _in_common(one: Recognisable, other: Recognisable) -> list[str]:
    return [name for name, key in KEYS.items() if getattr(one, key) and getattr(one, key) == getattr(other, key)]
