"""The name that a company's public pages go by, for links in mails. Filled by the next `CompanyChanged`."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("companies", sa.Column("public_name", sa.String(length=80)))
