"""Which requests are alike, that is, may be of one person: kept with each, so that a list of them is read at once.

The database keeps it up, whoever changes one: a request becomes a duplicate by what happens to others, too. Whoever
brings or takes a telephone, an official id or an address holds it until the end of their transaction: of two requests
of one person that arrive at the same moment, the second one's look sees the first.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, exists, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, aliased, mapped_column

from chassis.storage import CompanyOwned
from chassis.storage.triggers import Kept, keep
from services.preinstall.model.projected import CANCELLED, KnownInstallation
from services.preinstall.model.request import MERGED, Request
from services.preinstall.model.tables import Base

KEYS = {"phone": "phone_key", "identity": "identity_key", "address": "address_key"}


class ToldApart(CompanyOwned, Base):
    """Staff looked: these two are not the same person. `one_id` is the smaller of the two, as text."""

    __tablename__ = "told_apart"
    __table_args__ = (UniqueConstraint("one_id", "other_id"), Index("ix_told_apart_other_id", "other_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    one_id: Mapped[UUID]
    other_id: Mapped[UUID]


def has_duplicates() -> ColumnElement[bool]:
    """Of a request in a statement: whether there are others like it."""
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


def _are_apart(other_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether a request in a statement was told apart from the other."""
    pair = or_(
        and_(ToldApart.one_id == Request.id, ToldApart.other_id == other_id),
        and_(ToldApart.one_id == other_id, ToldApart.other_id == Request.id),
    )
    return select(ToldApart.id).where(pair).correlate_except(ToldApart).exists()


_KEYS_OF = "unnest(ARRAY[{of}.phone_key, {of}.identity_key, {of}.address_key]) AS key"
_HOLD = "PERFORM pg_advisory_xact_lock(hashtextextended({row}.company_id::text || key, 0)) FROM "
_IN_ORDER = "key IS NOT NULL ORDER BY key"
_SHARING = "requests.company_id = {row}.company_id AND (" + " OR ".join(
    f"requests.{key} = {{row}}.{key}" for key in KEYS.values()
)
_PAIR = "requests.id IN ({row}.one_id, {row}.other_id)"


def _kept(table: str, *, watched: tuple[str, ...], held: str, which: str) -> Kept:
    """Looks again at those requests `which` a row of the table has to do with, while the keys `held` are its alone."""
    found = has_duplicates()
    look = update(Request).where(text(which), Request.alike != found).values(alike=found)
    postgres, lite = (
        str(look.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]
        for dialect in (postgresql, sqlite)
    )
    statements = {"postgresql": f"{_HOLD}{held} {_IN_ORDER}; {postgres}", "sqlite": lite}
    return Kept(
        name=f"{table}_alike", table=table, into=("requests", "alike"), watched=watched,
        insert=statements, delete=statements,
    )  # fmt: skip


_OWN_KEYS = f"{_KEYS_OF.format(of='{row}')} WHERE"
_WATCHED = tuple(f"{{row}}.{key}" for key in KEYS.values())
keep(
    Base.metadata,
    _kept(
        "requests",
        watched=(*_WATCHED, "{row}.installation_id", "({row}.state = 'merged')"),
        held=_OWN_KEYS,
        which=f"{_SHARING} OR requests.id = {{row}}.id)",
    ),
)
keep(
    Base.metadata,
    _kept("known_installations", watched=(*_WATCHED, "{row}.state"), held=_OWN_KEYS, which=f"{_SHARING})"),
)
keep(
    Base.metadata,
    _kept(
        "told_apart",
        watched=("{row}.one_id", "{row}.other_id"),
        held=f"requests, {_KEYS_OF.format(of='requests')} WHERE {_PAIR} AND",
        which=_PAIR,
    ),
)
