"""What the notifications service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from chassis.errors import Conflict, Transient


class LinkExpired(Conflict):
    """The link in the message opens nothing any more; a new one is to be issued instead."""

    code = "link-expired"


class NotKnownYet(Transient):
    """An event came before the one that it builds on; the inbox tries again later."""
