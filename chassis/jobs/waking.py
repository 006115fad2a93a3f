"""Waking the job runners of this process after a commit; their poll is the net."""

from __future__ import annotations

import threading
import weakref

_sleepers: weakref.WeakSet[threading.Event] = weakref.WeakSet()


def sleeper() -> threading.Event:
    """An event that is set whenever work was asked for in this process."""
    event = threading.Event()
    _sleepers.add(event)
    return event


def wake_runners() -> None:
    for event in list(_sleepers):
        event.set()
