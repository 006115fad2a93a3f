"""Imports from files; which import an installation came with, its number before, and since when it is installed."""

import sqlalchemy as sa
from alembic import op

from chassis.storage import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("staged_key", sa.String(200), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("encoding", sa.String(20)),
        sa.Column("separator", sa.String(1)),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("loaded_sheet", sa.Integer()),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("defaults", sa.JSON(), nullable=False),
        sa.Column("date_order", sa.String(3), nullable=False),
        sa.Column("makes", sa.String(20), nullable=False),
        sa.Column("tells_people", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("unknown", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("taken_back", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON()),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_by_id", sa.String(64)),
        sa.Column("asked_by_role", sa.String(20)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("began_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        info={"company_owned": True},
    )
    op.create_index("ix_imports_created", "imports", ["company_id", "created_at", "id"])
    op.create_table(
        "import_rows",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sealed_cells", sa.Text(), nullable=False),
        sa.Column("sealed_form", sa.Text()),
        sa.Column("state", sa.String(20)),
        sa.Column("complaints", sa.JSON()),
        sa.Column("warnings", sa.JSON()),
        sa.Column("installation_id", sa.Uuid()),
        sa.Column("made_version", sa.Integer()),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
        info={"company_owned": True},
    )
    op.create_index("ix_import_rows_state", "import_rows", ["import_id", "state", "line"])
    op.create_table(
        "import_layouts",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("defaults", sa.JSON(), nullable=False),
        sa.Column("date_order", sa.String(3), nullable=False),
        sa.Column("makes", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_layouts")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_import_layouts_company_id_name")),
        info={"company_owned": True},
    )
    op.add_column("installations", sa.Column("import_id", sa.Uuid()))
    op.add_column("installations", sa.Column("former_number", sa.String(40)))
    op.add_column("installations", sa.Column("installed_at", UtcDateTime()))
    op.create_index("ix_installations_import", "installations", ["import_id", "state"])
    op.create_index("ix_installations_former_number", "installations", ["company_id", "former_number"])
