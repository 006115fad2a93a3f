"""How many rows there are of each name (a state), without counting them: each change adds a line, and lines are summed
up now and then. No two transactions wait for each other for it, however many count at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.identifiers import new_id
from chassis.storage.database import Database
from chassis.storage.scope import CompanyOwned
from chassis.storage.triggers import Kept

SUMMED_EVERY = timedelta(seconds=60)
_FEW = 20


class Tally(CompanyOwned):
    """`n` more of `name`, or fewer."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    n: Mapped[int] = mapped_column(Integer)


def kept_tallies(tallies: type[Any], *, table: str, column: str) -> Kept:
    """One line for each row that comes, goes or has another `column`."""
    identity = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}

    def line(n: int) -> dict[str, str]:
        values = {dialect: f"{{row}}.company_id, {made}, {{row}}.{column}, {n}" for dialect, made in identity.items()}
        into = f"INSERT INTO {tallies.__tablename__} (company_id, id, name, n)"
        return {dialect: f"{into} VALUES ({each})" for dialect, each in values.items()}

    return Kept(
        name=tallies.__tablename__, table=table, watched=(f"{{row}}.{column}",), insert=line(1), delete=line(-1)
    )


def tallied(session: Session, tallies: type[Any]) -> dict[str, int]:
    """How many the company has of each name; a name of which there are none may be missing."""
    total = func.sum(tallies.n)
    return {name: int(n) for name, n in session.execute(select(tallies.name, total).group_by(tallies.name)) if n}


def sum_up(database: Database, tallies: type[Any]) -> None:
    """Makes one line of many, company by company. What is counted meanwhile stays a line of its own."""
    with database.read_unscoped() as session:
        many = select(tallies.company_id).group_by(tallies.company_id).having(func.count() > _FEW)
        companies = list(session.scalars(many))
    for company_id in companies:
        with database.begin(company_id) as session:
            sums: dict[str, int] = {}
            for name, n in session.execute(delete(tallies).returning(tallies.name, tallies.n)):
                sums[name] = sums.get(name, 0) + n
            session.add_all(tallies(id=new_id(), name=name, n=n) for name, n in sums.items() if n)
