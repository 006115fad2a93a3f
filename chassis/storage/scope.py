"""Every company sees its own rows: decided here, once, for every statement and every flush.

A session is scoped to one company, or it is *unscoped*, which is asked for by name
(`Database.read_unscoped`, `begin_unscoped`) and can read every company's rows but write none.
A session that is neither refuses company-owned tables altogether.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Insert, Table, Uuid, event
from sqlalchemy.orm import (
    Mapped,
    Mapper,
    ORMExecuteState,
    Session,
    mapped_column,
    object_session,
    with_loader_criteria,
)
from sqlalchemy.orm import attributes as orm_attributes
from sqlalchemy.orm.base import NO_VALUE
from sqlalchemy.sql import visitors

_COMPANY, _CRITERIA, _UNSCOPED, _OWNED = "company_id", "company_criteria", "unscoped", "company_owned"


class ScopeMissing(Exception):
    """A company's rows were asked for, or written, without saying which company: a mistake in the program."""


class ForeignCompany(Exception):
    """A row of one company was about to be written by another's session: a mistake in the program."""


class CompanyOwned:
    """Mixin of every business table. `company_id` is filled in by the session that the row is added to."""

    company_id: Mapped[UUID] = mapped_column(Uuid, nullable=False, sort_order=-1)


class ScopedSession(Session):
    """The session of a `Database`; see the module's text."""


def scope_to(session: Session, company_id: UUID) -> None:
    """From here on the session works for this company; what it holds of others is let go of."""
    for row in list(session.identity_map.values()):
        if isinstance(row, CompanyOwned) and _loaded_company(row) != company_id:
            session.expunge(row)
    session.info.pop(_UNSCOPED, None)
    session.info[_COMPANY] = company_id
    session.info[_CRITERIA] = with_loader_criteria(
        CompanyOwned, lambda owned: owned.company_id == company_id, include_aliases=True
    )


def leave_unscoped(session: Session) -> None:
    """Says that this session is meant to read every company's rows."""
    session.info[_UNSCOPED] = True


def enter_company(session: Session, company_id: UUID) -> None:
    """Scopes an unscoped session, once it is known whose request it serves.

    Raises `ForeignCompany` when the session already serves another one.
    """
    if session.info.get(_COMPANY, company_id) != company_id:
        raise ForeignCompany(f"the session serves {session.info[_COMPANY]}, not {company_id}")
    scope_to(session, company_id)


def current_company(session: Session) -> UUID:
    """The company that the session serves; raises `ScopeMissing`."""
    try:
        return session.info[_COMPANY]
    except KeyError:
        raise ScopeMissing("the session serves no company") from None


def _loaded_company(row: CompanyOwned) -> UUID | None:
    return orm_attributes.instance_dict(row).get("company_id")


@event.listens_for(ScopedSession, "do_orm_execute")
def _restrict(state: ORMExecuteState) -> None:
    if state.is_insert:
        _check_inserted(state)
        return
    if not state.is_orm_statement:
        _refuse_bypass(state)
        return
    criteria = state.session.info.get(_CRITERIA)
    if criteria is not None:
        state.statement = state.statement.options(criteria)
    elif not (state.is_select and _UNSCOPED in state.session.info) and _names_owned(state.statement):
        raise ScopeMissing("a company-owned table was used by a session that serves no company")


def _check_inserted(state: ORMExecuteState) -> None:
    statement = state.statement
    if not (isinstance(statement, Insert) and statement.table.info.get(_OWNED)):
        return
    company = current_company(state.session)
    given = state.parameters or statement.compile().params
    for row in given if isinstance(given, list) else [given]:
        if row.get("company_id") != company:
            raise ForeignCompany(f"a row of {row.get('company_id')} was inserted for {company}")


def _refuse_bypass(state: ORMExecuteState) -> None:
    if _names_owned(state.statement):
        raise ScopeMissing("a company-owned table must be used through its class, which carries the scope")


def _names_owned(statement: Any) -> bool:
    return any(isinstance(part, Table) and part.info.get(_OWNED) for part in visitors.iterate(statement))


@event.listens_for(ScopedSession, "transient_to_pending")
def _fill_in(session: Session, row: object) -> None:
    if isinstance(row, CompanyOwned) and _loaded_company(row) is None and _COMPANY in session.info:
        row.company_id = session.info[_COMPANY]


@event.listens_for(CompanyOwned, "instrument_class", propagate=True)
def _mark(mapper: Mapper[Any], _class: type[Any]) -> None:
    if isinstance(mapper.local_table, Table):
        mapper.local_table.info[_OWNED] = True


@event.listens_for(CompanyOwned, "before_insert", propagate=True)
@event.listens_for(CompanyOwned, "before_update", propagate=True)
@event.listens_for(CompanyOwned, "before_delete", propagate=True)
def _check_flushed(_mapper: Mapper[Any], _connection: Connection, row: CompanyOwned) -> None:
    session = object_session(row)
    if not isinstance(session, ScopedSession):
        return
    company = current_company(session)
    owner = _loaded_company(row)
    before = orm_attributes.instance_state(row).committed_state.get("company_id", owner)
    if owner != company or before not in (company, NO_VALUE, None):
        raise ForeignCompany(f"{type(row).__name__} of {owner}, before {before}, was about to be written for {company}")
