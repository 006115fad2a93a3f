"""Telling events: written with the change they speak of, in one transaction; the relay takes them to the broker."""

from chassis.outbox.announcing import announce, announced

__all__ = ["announce", "announced"]
