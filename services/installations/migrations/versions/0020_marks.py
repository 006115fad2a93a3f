"""Lines of words say which other words their row may have."""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Whatever the lines were like, 0027 makes them anew: searches use the old ones until then."""
