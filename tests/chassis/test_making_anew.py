"""A table made anew in a migration is read while it is made, and nothing that is written meanwhile is lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import OperationalError

from chassis.storage import Database
from chassis.storage.making_anew import make_anew

BEFORE = (
    "CREATE TABLE parcels (id INTEGER PRIMARY KEY, name VARCHAR(20))",
    "INSERT INTO parcels VALUES (1, 'box'), (2, 'tube')",
    "CREATE TABLE names (name VARCHAR(20) NOT NULL, CONSTRAINT pk_names PRIMARY KEY (name))",
    "INSERT INTO names VALUES ('old')",
)


@pytest.fixture(scope="module")
def make_tables():
    """None: the tests do it."""


@pytest.fixture
def opened(database_url):
    opened = Database(database_url)
    with opened.engine.begin() as connection:
        for statement in BEFORE:
            connection.exec_driver_sql(statement)
    yield opened
    opened.close()


def test_it_has_its_rows_its_key_and_no_leftover(opened):
    _make(opened)
    with opened.engine.connect() as connection:
        seen = sa.inspect(connection)
        assert connection.execute(sa.text("SELECT name, id FROM names ORDER BY id")).all() == [("box", 1), ("tube", 2)]
        key = seen.get_pk_constraint("names")
        assert (key["name"], key["constrained_columns"]) == ("pk_names", ["name", "id"])
        assert sorted(seen.get_table_names()) == ["names", "parcels"]


def test_the_old_one_is_read_meanwhile_and_what_it_is_made_of_stays_as_it_is(postgresql_url):
    other = Database(postgresql_url)
    with other.engine.begin() as connection:
        for statement in BEFORE:
            connection.exec_driver_sql(statement)
    read, refused = [], []

    def meanwhile():
        with other.engine.connect() as connection:
            connection.exec_driver_sql("SET lock_timeout = '50ms'")
            read.extend(connection.exec_driver_sql("SELECT name FROM names").scalars())
            with pytest.raises(OperationalError) as caught:
                connection.exec_driver_sql("INSERT INTO parcels VALUES (3, 'late')")
            refused.append(caught.value)

    _make(other, meanwhile)
    assert read == ["old"]
    assert len(refused) == 1
    other.close()


def _make(database: Database, meanwhile=lambda: None) -> None:
    def fill(table: str) -> str:
        meanwhile()
        return f"INSERT INTO {table} (name, id) SELECT name, id FROM parcels"

    columns = [sa.Column("name", sa.String(20), nullable=False), sa.Column("id", sa.Integer, nullable=False)]
    with database.engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        make_anew(op, "names", columns, key=["name", "id"], source="parcels", fill=fill)
