"""Lines of words have their row's name, by which lists are ordered."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Whatever the lines were like, 0013 makes them anew: searches use the old ones until then."""
