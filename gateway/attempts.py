"""How often something was tried, counted in the database: every gateway process knows what the others saw."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from gateway.model import Attempt

KEPT = timedelta(days=2)


@dataclasses.dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries `within` a time; `name` says of what."""

    name: str
    most: int
    within: timedelta

    def is_reached(self, session: Session, who: str, *, at: datetime) -> bool:
        tries = select(func.count()).select_from(Attempt)
        tries = tries.where(Attempt.subject == _subject(self.name, who), Attempt.at > at - self.within)
        return (session.scalar(tries) or 0) >= self.most


def note(session: Session, name: str, who: str, *, at: datetime) -> None:
    """One more try of this by `who`: an address, an account, a company."""
    session.add(Attempt(id=new_id(), subject=_subject(name, who), at=at))


def forgive(session: Session, name: str, who: str) -> None:
    """What was tried before counts no more: it was them after all."""
    session.execute(delete(Attempt).where(Attempt.subject == _subject(name, who)))


def forget_old(session: Session, *, at: datetime) -> None:
    session.execute(delete(Attempt).where(Attempt.at < at - KEPT))


def _subject(name: str, who: str) -> str:
    return f"{name}:{hashlib.sha256(who.encode()).hexdigest()[:40]}"
