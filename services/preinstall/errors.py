"""What the preinstall service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from chassis.errors import Conflict, NotFound, Transient, ValidationFailed


class FormRefused(ValidationFailed):
    """Fields and documents that are not taken: each with why, a document with its file's name."""


class RequestNotOpen(Conflict):
    """It was approved or rejected already; `state` says which."""

    code = "request-not-open"


class TurnedMeanwhile(Conflict):
    """Somebody else turned the photo at the same time."""

    code = "turned-meanwhile"


class SameRequest(Conflict):
    """A request can't be merged into itself."""

    code = "same-request"


class InstallationUnknown(NotFound):
    """None of the company has this id, or it was cancelled."""

    code = "installation-not-found"


class NotKnownYet(Transient):
    """An event came before the one that it builds on; the inbox tries again later."""
