"""Who asked before, or is a client already: the same phone, official id or address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from services.preinstall.model import MERGED, KnownInstallation, Recognisable, Request, ToldApart

KEYS = {"phone": "phone_key", "identity": "identity_key", "address": "address_key"}
CANCELLED = "cancelled"
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


def has_duplicates() -> ColumnElement[bool]:
    """Of a request in a statement: whether there are others like it, as `mark_duplicated` says it of those at hand."""
    another = aliased(Request)
    alike = [getattr(another, key) == getattr(Request, key) for key in KEYS.values()]
    known = [getattr(KnownInstallation, key) == getattr(Request, key) for key in KEYS.values()]
    their_own = KnownInstallation.id == Request.installation_id
    return or_(
        *(
            exists().where(
                another.company_id == Request.company_id,
                same,
                another.id != Request.id,
                another.state != MERGED,
                ~_are_apart(another.id),
            )
            for same in alike
        ),
        *(
            exists().where(
                KnownInstallation.company_id == Request.company_id,
                same,
                KnownInstallation.state != CANCELLED,
                or_(Request.installation_id.is_(None), ~their_own),
                ~_are_apart(KnownInstallation.id),
            )
            for same in known
        ),
    )


def _are_apart(other_id: Any) -> ColumnElement[bool]:
    """Whether a request in a statement was told apart from the other."""
    pair = or_(
        and_(ToldApart.one_id == Request.id, ToldApart.other_id == other_id),
        and_(ToldApart.one_id == other_id, ToldApart.other_id == Request.id),
    )
    return select(ToldApart.id).where(pair).correlate_except(ToldApart).exists()


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
