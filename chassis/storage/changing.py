"""Many loaded rows that were changed: written together.

For jobs that change hundreds of rows at a time. A flush sends PostgreSQL one statement for each of them, which costs
both sides several times what the changes themselves do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.orm import attributes as orm_attributes
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from chassis.storage.scope import CompanyOwned, ForeignCompany, current_company

# One text is sent instead of a parameter for each value, and PostgreSQL knows the columns' types itself.
_STATEMENT = (
    "UPDATE {table} SET {columns} FROM json_populate_recordset(NULL::{table}, %s) AS changed "
    "WHERE {keys} AND {table}.company_id = %s"
)


def write_changed(session: Session, rows: Sequence[CompanyOwned]) -> None:
    """Writes now what was changed of `rows`, loaded and locked by this session and all of one table.

    On PostgreSQL that is one statement, which hooks of flushes, the audit among them, do not see; None is SQL's null.
    Raises `ForeignCompany`, and SQLAlchemy's `StaleDataError` when one of them is gone.
    """
    if session.get_bind().dialect.name != "postgresql":
        session.flush()
        return
    states = [orm_attributes.instance_state(row) for row in rows]
    names = tuple(sorted({name for state in states for name in state.committed_state}))
    if not names:
        return
    _check_owner(session, rows, names)
    table: Table = type(rows[0]).__table__  # type: ignore[assignment]
    keys = tuple(column.name for column in table.primary_key)
    values = [{name: getattr(row, name) for name in keys + names} for row in rows]
    _write(session, table, keys, names, values)
    for row in rows:
        for name in names:
            orm_attributes.set_committed_value(row, name, getattr(row, name))


def _check_owner(session: Session, rows: Sequence[CompanyOwned], names: Sequence[str]) -> None:
    company = current_company(session)
    if "company_id" in names or any(row.company_id != company for row in rows):
        raise ForeignCompany(f"rows of another company were about to be written for {company}")


def _write(
    session: Session, table: Table, keys: Sequence[str], names: Sequence[str], values: list[dict[str, Any]]
) -> None:
    connection = session.connection()
    for name in names:
        if isinstance(type_ := table.columns[name].type, TypeDecorator):
            for row in values:
                row[name] = type_.process_bind_param(row[name], connection.dialect)
    parameters = (orjson.dumps(values).decode(), current_company(session))
    written = connection.exec_driver_sql(_statement(table, tuple(keys), tuple(names)), parameters).rowcount
    if written != len(values):
        raise StaleDataError(f"{len(values)} rows of {table.name} were to be changed, {written} were")


@cache
def _statement(table: Table, keys: tuple[str, ...], names: tuple[str, ...]) -> str:
    quote = postgresql.dialect().identifier_preparer
    spelled = quote.format_table(table)
    columns = ", ".join(f"{quote.quote(name)} = changed.{quote.quote(name)}" for name in names)
    matching = " AND ".join(f"{spelled}.{quote.quote(name)} = changed.{quote.quote(name)}" for name in keys)
    return _STATEMENT.format(table=spelled, columns=columns, keys=matching)
