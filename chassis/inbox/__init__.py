"""Hearing events: each one's effect and the memory that it was handled, in one transaction."""

from chassis.inbox.handler import Handler

__all__ = ["Handler"]
