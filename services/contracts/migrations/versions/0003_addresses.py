"""Postal codes in addresses of templates: where there is none, nothing announces it."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        "UPDATE templates SET content = replace(content, "
        "', C.P. {{ cliente.codigo_postal }}', ' {{ cliente.codigo_postal }}')"
    )
