"""What is remembered of lists: a person's columns and density, and views under a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from chassis.errors import NotAllowed, NotFound, ValidationFailed
from chassis.identifiers import new_id
from chassis.storage import Database
from gateway.listing.asked import COMFORTABLE, DENSITIES
from gateway.listing.declaring import Listing, View
from gateway.model import OFFICE, OWNER, Company, ListPreference, SavedView, StaffAccount

LONGEST_NAME = 60
MOST_VIEWS = 50  # of one list, that one person sees
MOST_KNOWN = 2_000  # choices of one person for one list

_ITS_LIST = bindparam("list")
_CHOSEN = (
    select(ListPreference, SavedView)
    .select_from(StaffAccount)
    .outerjoin(ListPreference, and_(ListPreference.account_id == StaffAccount.id, ListPreference.list == _ITS_LIST))
    .outerjoin(
        SavedView, and_(SavedView.list == _ITS_LIST, or_(SavedView.account_id == StaffAccount.id, SavedView.shared))
    )
    .where(StaffAccount.id == bindparam("account_id"))
    .order_by(SavedView.name)
    .limit(MOST_VIEWS)
)


class Chosen:
    """What a person chose for a list, and the views that they see there, Alta's own first: looked up once, and again
    when anybody of the company has chosen otherwise since."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = lru_cache(maxsize=MOST_KNOWN)(self._look_up)

    def by(self, account: StaffAccount, company: Company, listing: Listing) -> tuple[ListPreference, tuple[View, ...]]:
        """Not to be changed: others are given the same. `company` is as it was read for this request."""
        return self._known(company.id, account.id, listing, company.lists_revision)

    def _look_up(
        self, company_id: UUID, account_id: UUID, listing: Listing, _revision: int
    ) -> tuple[ListPreference, tuple[View, ...]]:
        with self._database.read(company_id) as session:
            found = session.execute(_CHOSEN, {"account_id": account_id, "list": listing.key}).all()
            session.expunge_all()
        preference = found[0].ListPreference if found else None
        saved = (_of_saved(each.SavedView) for each in found if each.SavedView is not None)
        return preference or _usual(account_id, listing.key), (*listing.views, *saved)


def preference_of(session: Session, account: StaffAccount, listing: Listing) -> ListPreference:
    """What they chose for this list, or what is usual; not added to the session when it is new."""
    found = session.scalar(
        select(ListPreference).where(ListPreference.account_id == account.id, ListPreference.list == listing.key)
    )
    return found or _usual(account.id, listing.key)


def views_of(session: Session, account: StaffAccount, listing: Listing) -> list[SavedView]:
    """Their own, and the ones that somebody shares with the company; by name."""
    theirs = or_(SavedView.account_id == account.id, SavedView.shared)
    return list(
        session.scalars(
            select(SavedView).where(SavedView.list == listing.key, theirs).order_by(SavedView.name).limit(MOST_VIEWS)
        )
    )


def choose_columns(
    session: Session, *, account: StaffAccount, listing: Listing, columns: list[str], density: str
) -> None:
    """`columns` in their order; none, or what is usual, forgets the choice. Raises `ValidationFailed`."""
    if density not in DENSITIES:
        raise ValidationFailed("not-one-of")
    known = list(dict.fromkeys(key for key in columns if listing.column(key)))
    preference = preference_of(session, account, listing)
    usual = [column.key for column in listing.usual_columns]
    preference.columns, preference.density = None if known in ([], usual) else known, density
    session.add(preference)


def choose_default(session: Session, *, account: StaffAccount, listing: Listing, view_key: str | None) -> None:
    """The view that the list opens with; None: the first."""
    preference = preference_of(session, account, listing)
    preference.default_view = view_key
    session.add(preference)


def save_view(
    session: Session,
    *,
    account: StaffAccount,
    listing: Listing,
    name: str,
    query: Mapping[str, str],
    columns: list[str],
    shared: bool,
    at: datetime,
) -> SavedView:
    """Raises `ValidationFailed` beside `name`, and `NotAllowed` for who may not share."""
    view = SavedView(
        id=new_id(), account_id=account.id, list=listing.key, query=dict(query), columns=columns, created_at=at
    )
    _name(session, view, account, listing, name)
    _share(view, account, shared)
    session.add(view)
    return view


def change_view(
    session: Session,
    *,
    view_id: UUID,
    account: StaffAccount,
    listing: Listing,
    name: str,
    shared: bool,
    query: Mapping[str, str] | None,
    columns: list[str] | None,
) -> SavedView:
    """Another name, other filters, or shared; as `save_view`. Raises `NotFound`."""
    view = _changeable(session, view_id, account)
    _name(session, view, account, listing, name)
    _share(view, account, shared)
    if query is not None:
        view.query, view.columns = dict(query), columns
    return view


def delete_view(session: Session, *, view_id: UUID, account: StaffAccount) -> None:
    session.delete(_changeable(session, view_id, account))


def may_change(view: SavedView, account: StaffAccount) -> bool:
    """Their own, or a shared one that the office keeps in order."""
    return view.account_id == account.id or (view.shared and account.role in (OWNER, OFFICE))


def may_share(account: StaffAccount) -> bool:
    return account.role in (OWNER, OFFICE)


def _of_saved(view: SavedView) -> View:
    return View(key=str(view.id), name=view.name, query=view.query, columns=view.columns, saved=view)


def _usual(account_id: UUID, list_key: str) -> ListPreference:
    return ListPreference(id=new_id(), account_id=account_id, list=list_key, density=COMFORTABLE)


def _changeable(session: Session, view_id: UUID, account: StaffAccount) -> SavedView:
    """A private view of somebody else is not there."""
    view = session.scalar(select(SavedView).where(SavedView.id == view_id))
    if view is None or not (view.shared or view.account_id == account.id):
        raise NotFound("view-not-found")
    if not may_change(view, account):
        raise NotAllowed("view-of-somebody-else")
    return view


def _name(session: Session, view: SavedView, account: StaffAccount, listing: Listing, name: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise ValidationFailed(fields={"name": [{"code": "required" if not name else "too-long",
                                                 "params": {"max": LONGEST_NAME}}]})  # fmt: skip
    others = [each for each in views_of(session, account, listing) if each.id != view.id]
    if any(each.name.casefold() == name.casefold() for each in others):
        raise ValidationFailed(fields={"name": [{"code": "name-taken", "params": {}}]})
    if len(others) >= MOST_VIEWS:
        raise ValidationFailed("too-many-views", most=MOST_VIEWS)
    view.name = name


def _share(view: SavedView, account: StaffAccount, shared: bool) -> None:
    if shared and not view.shared and not may_share(account):
        raise NotAllowed("may-not-share")
    view.shared = shared
