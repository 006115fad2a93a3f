"""What the installations service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from typing import Any

from chassis.errors import Conflict, Transient, ValidationFailed


class FormRefused(ValidationFailed):
    """Fields that do not fit together, or with what is there: each with why."""


class FieldRefused(FormRefused):
    """One field of the form, and why."""

    def __init__(self, field: str, code: str, **params: Any) -> None:
        super().__init__(fields={field: [{"code": code, "params": params}]})


class IllegalInstallationMove(Conflict):
    """The installation's state does not allow it; `state` says which that is, `move` what was tried."""

    code = "illegal-installation-move"


class TurnedMeanwhile(Conflict):
    """Somebody else turned the photo at the same time."""

    code = "turned-meanwhile"


class ChangedMeanwhile(Conflict):
    """Somebody else saved it after this form was opened; `version` is the newest."""

    code = "changed-meanwhile"


class RequestAlreadyApproved(Conflict):
    """The request has become an installation already; `number` and `installation_id` say which."""

    code = "request-already-approved"


class ZoneInUse(Conflict):
    """The zone's router cannot change while `installations` of its clients are on it."""

    code = "zone-in-use"


class ContractStays(Conflict):
    """The signed contract is among the files for as long as there is one."""

    code = "contract-stays"


class LastTemplate(Conflict):
    """The only sheet template there is cannot go."""

    code = "last-template"


class VisitConflicts(FormRefused):
    """A visit at that time has conflicts that whoever asked for it has not accepted; each with its `conflict` key."""


class NotKnownYet(Transient):
    """An event came before the one that it builds on; the inbox tries again later."""


class PlanMoveEnded(Conflict):
    """Moving a plan's clients is over, and can be neither paused nor stopped."""

    code = "plan-move-ended"


class BulkChangeEnded(Conflict):
    """A bulk change is over and can't be stopped."""

    code = "bulk-change-ended"


class NothingChosen(ValidationFailed):
    """Neither a row that was ticked nor one that the filter finds."""

    code = "nothing-chosen"


class TooManyChosen(ValidationFailed):
    """More than `most` at once."""

    code = "too-many-chosen"


class NobodyToMove(Conflict):
    """A plan has no clients."""

    code = "nobody-to-move"


class IllegalImportMove(Conflict):
    """The import's state does not allow it; `state` says which that is, `move` what was tried."""

    code = "illegal-import-move"


class NothingToImport(Conflict):
    """No row of the import is good."""

    code = "nothing-to-import"


class FileUnreadable(ValidationFailed):
    """The file is no table that could be read; the code says why."""
