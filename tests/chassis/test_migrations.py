"""A service's schema comes from its migrations, and is what its models say."""

import threading

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.migrations import RowsLost, differences, migrate
from tests.chassis.parcels import Base

ENV = """
from chassis.storage.migrations import run_env
from tests.chassis.parcels import Base

run_env(Base.metadata)
"""
FIRST = """
import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime
from chassis.storage.migrations import create_chassis_tables

revision, down_revision = "0001", None


def upgrade():
    create_chassis_tables(op)
    op.create_table(
        "parcels",
        sa.Column("company_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sent_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parcels"),
    )
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    with op.batch_alter_table("parcels") as table:
        table.add_column(sa.Column("weight", sa.Integer))
        raise_it
"""
CHILDREN = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.create_table(
        "labels",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("parcel_id", sa.Uuid, sa.ForeignKey("parcels.id", name="fk_labels_parcel_id_parcels")),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
    )
    op.execute("INSERT INTO parcels (company_id, id, name, sent_at) VALUES ('{0}', '{0}', 'Box', '2026-01-01')")
    op.execute("INSERT INTO labels (id, parcel_id) VALUES ('{0}', '{0}')")
"""
REBUILT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade():
    with op.batch_alter_table("parcels") as table:
        table.alter_column("name", existing_type=sa.String(100), nullable=True)
    op.execute("DELETE FROM parcels WHERE name = '{lost}'")
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    (tmp_path / "versions" / "0001_first.py").write_text(FIRST)
    return tmp_path


@pytest.fixture(scope="module")
def make_tables():
    """None: the tests do it."""


@pytest.fixture
def empty(database_url):
    opened = Database(database_url)
    yield opened
    opened.close()


def test_the_first_revision_makes_what_the_models_say(empty, folder):
    migrate(empty, folder)
    migrate(empty, folder)  # again is nothing
    with empty.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []


def test_a_difference_is_seen(empty, folder):
    migrate(empty, folder)
    with empty.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE parcels ADD COLUMN weight INTEGER"))
    with empty.engine.connect() as connection:
        assert differences(connection, Base.metadata) != []


def test_two_at_once_wait_for_each_other(empty, folder, database_url):
    raised = []

    def run():
        try:
            migrate(Database(database_url), folder)
        except Exception as error:  # noqa: BLE001 - judged below
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert raised == []
    with empty.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []


def test_a_revision_that_fails_half_way_leaves_nothing(empty, folder):
    migrate(empty, folder)
    (folder / "versions" / "0002_second.py").write_text(SECOND)
    with pytest.raises(NameError):
        migrate(empty, folder)
    with empty.engine.connect() as connection:
        assert differences(connection, Base.metadata) == []
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "0001"


def test_a_table_that_others_refer_to_can_be_built_anew(empty, folder):
    number = new_id().hex
    (folder / "versions" / "0002_children.py").write_text(CHILDREN.format(number))
    (folder / "versions" / "0003_rebuilt.py").write_text(REBUILT.format(lost="another"))
    migrate(empty, folder)
    with empty.engine.begin() as connection:
        assert connection.execute(sa.text("SELECT name FROM parcels")).scalar_one() == "Box"
        with pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.text("DELETE FROM parcels"))


def test_a_revision_that_loses_what_others_refer_to_is_refused(empty, folder):
    (folder / "versions" / "0002_children.py").write_text(CHILDREN.format(new_id().hex))
    (folder / "versions" / "0003_rebuilt.py").write_text(REBUILT.format(lost="Box"))
    with pytest.raises((RowsLost, sa.exc.IntegrityError)):
        migrate(empty, folder)
