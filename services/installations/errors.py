"""What the installations service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from typing import Any

from chassis.errors import Conflict, Transient, ValidationFailed


class FieldRefused(ValidationFailed):
    """One field of the form, and why."""

    def __init__(self, field: str, code: str, **params: Any) -> None:
        super().__init__(fields={field: [{"code": code, "params": params}]})


class IllegalInstallationMove(Conflict):
    """The installation's state does not allow it; `state` says which that is."""

    code = "illegal-installation-move"


class ChangedMeanwhile(Conflict):
    """Somebody else saved the installation after this form was opened; `version` is the newest."""

    code = "changed-meanwhile"


class RequestAlreadyApproved(Conflict):
    """The request has become an installation already; its number is told."""

    code = "request-already-approved"


class NotKnownYet(Transient):
    """An event came before the one that it builds on; the inbox tries again later."""
