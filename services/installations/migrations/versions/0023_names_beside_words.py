"""Lines of words have their row's name, by which lists are ordered."""

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Whatever the lines were like, 0027 makes them anew: searches use the old ones until then."""
