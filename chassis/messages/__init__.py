"""Events as values: how they are declared, and the CloudEvents envelope that carries them."""

from chassis.messages.declaration import Event, declared_events
from chassis.messages.envelope import Envelope, MalformedMessage

__all__ = ["Envelope", "Event", "MalformedMessage", "declared_events"]
