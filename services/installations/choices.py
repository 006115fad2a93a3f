"""What installations and clients are told apart by, for those who look for some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from chassis.storage import Page
from chassis.storage.searching import searchable
from services.installations.listing import CHOICES_REVISION
from services.installations.model import CHOICES, Plan, Sector

# What a name stands in: two routers may each have a plan that is called the same.
_WITHIN = {"plans": Plan.router_id, "sectors": Sector.zone_id}
_NOTHING = cast(null(), Plan.router_id.type)
# All kinds in one statement: whoever asks wants all of them.
_EVERY = union_all(
    *(
        select(literal(kind).label("kind"), model.id, model.name, _WITHIN.get(kind, _NOTHING).label("within"))
        for kind, model in CHOICES.items()
    )
)


class Choice(NamedTuple):
    id: UUID
    name: str


def list_choices(session: Session) -> dict[str, list[Any]]:
    """By name; those that are no more in use as well, because their installations still are."""
    rows = session.execute(_EVERY).all()
    names = {each.id: each.name for each in rows}
    often = Counter((each.kind, each.name) for each in rows)
    found: dict[str, list[Any]] = {kind: [] for kind in CHOICES}
    for each in rows:
        of = names.get(each.within) if often[each.kind, each.name] > 1 else None
        found[each.kind].append(Choice(each.id, f"{each.name} · {of}" if of else each.name))
    return {kind: sorted(named, key=_in_order) for kind, named in found.items()}


def with_choices(
    session: Session,
    page_of: Callable[..., Page],
    *,
    wanted: list[str],
    choices: bool,
    choices_known: int | None,
    **asked: Any,
) -> dict[str, Any]:
    """A page of a list; with `choices` also what it can be narrowed to, so that a screen asks once, and that only if
    it is another than what the screen knows: the rows bring along its revision."""
    revised = choices and wanted
    page = page_of(session, wanted=[*wanted, CHOICES_REVISION] if revised else wanted, **asked)
    found = {"rows": page.rows, "next": page.next, "previous": page.previous}
    if not choices:
        return found
    found["choices_revision"] = page.rows[0].choices_revision if revised and page.rows else None
    if found["choices_revision"] is None or found["choices_revision"] != choices_known:
        found["choices"] = list_choices(session)
    return found


def _in_order(each: Choice) -> tuple[str, UUID]:
    return _looked_up_by(each.name), each.id


@lru_cache(maxsize=10_000)
def _looked_up_by(name: str) -> str:
    return searchable(name)
