"""Lines of words say which other words their row may have."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Whatever the lines were like, 0013 makes them anew: searches use the old ones until then."""
