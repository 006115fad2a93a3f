"""What the preinstall service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from chassis.errors import Conflict, Transient, ValidationFailed


class FormRefused(ValidationFailed):
    """Fields and documents that are not taken: each with why, a document with its file's name."""


class RequestNotOpen(Conflict):
    """It was approved or rejected already; `state` says which."""

    code = "request-not-open"


class NotKnownYet(Transient):
    """An event came before the one that it builds on; the inbox tries again later."""
