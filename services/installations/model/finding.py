"""What installations are found by and how many there are: the database keeps both up, whoever changes one."""

from __future__ import annotations

from sqlalchemy import Index

from chassis.storage.tallies import Tally, kept_tallies
from chassis.storage.triggers import keep
from chassis.storage.word_lines import WordLines, WordOfRow
from services.installations.model.tables import Base

PENDING_ONES, CLIENTS, ENDED_ONES, CANCELLED_ONES = "pending", "client", "ended", "cancelled"
_SECTION = (
    "CASE {row}.state WHEN 'active' THEN 'client' WHEN 'ending' THEN 'client' WHEN 'ended' THEN 'ended' "
    "WHEN 'cancelled' THEN 'cancelled' ELSE 'pending' END"
)
_AT = "CASE WHEN {row}.state IN ('active', 'ending', 'ended') THEN {row}.activated_at ELSE {row}.scheduled_at END"


class InstallationWord(WordOfRow, Base):
    """The words of clients, present and past, are in the order of their activation, the others' in that of the
    agenda."""

    __tablename__ = "installation_words"


class InstallationTally(Tally, Base):
    """How many installations there are of each state."""

    __tablename__ = "installation_tallies"
    __table_args__ = (Index("ix_installation_tallies_company_id", "company_id"),)


LINES = WordLines(name=InstallationWord.__tablename__, table="installations", section=_SECTION, at=_AT)
keep(Base.metadata, LINES.kept())
keep(Base.metadata, kept_tallies(InstallationTally, table="installations", column="state"))
