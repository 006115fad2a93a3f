"""Maps ask for what is in a zone, or between two latitudes."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index("ix_installations_places", "installations", ["company_id", "zone_id", "latitude", "longitude"])
