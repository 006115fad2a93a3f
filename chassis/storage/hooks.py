"""What is to happen just before and just after a transaction's commit, once per transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

_BEFORE, _AFTER = "before_commit", "after_commit"


def before_commit(session: Session, action: Callable[[Session], None]) -> None:
    """Runs `action(session)` inside the transaction, when all else was flushed. Asking twice runs it once."""
    session.info.setdefault(_BEFORE, {})[action] = None


def after_commit(session: Session, action: Callable[[], Any]) -> None:
    """Runs `action()` when the transaction was committed, never when it was rolled back. Must not raise."""
    session.info.setdefault(_AFTER, {})[action] = None


def commit(session: Session) -> None:
    """Commits with what was asked for before and after."""
    session.flush()
    for action in session.info.pop(_BEFORE, ()):
        action(session)
    session.commit()
    for action in session.info.pop(_AFTER, ()):
        action()
