"""What requests are found by and how many there are: the database keeps both up, whoever changes one."""

from __future__ import annotations

from sqlalchemy import Index

from chassis.storage.tallies import Tally, kept_tallies
from chassis.storage.triggers import keep
from chassis.storage.word_lines import WordLines, WordOfRow
from services.preinstall.model.tables import Base


class RequestWord(WordOfRow, Base):
    """What a request is found by; the database keeps it up. A section is a state."""

    __tablename__ = "request_words"


class RequestTally(Tally, Base):
    """How many requests there are of each state; the database keeps it up."""

    __tablename__ = "request_tallies"
    __table_args__ = (Index("ix_request_tallies_company_id", "company_id"),)


LINES = WordLines(name=RequestWord.__tablename__, table="requests", section="{row}.state", at="{row}.submitted_at")
keep(Base.metadata, LINES.kept())
keep(Base.metadata, kept_tallies(RequestTally, table="requests", column="state"))
