"""What the provisioning service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from chassis.errors import Conflict, ValidationFailed
from chassis.schemas import coded


class RouterInUse(Conflict):
    """Accounts were put on the router in its present mode."""

    code = "router-in-use"


class SuspensionNotPossible(ValidationFailed):
    """The administration mode has no such way to suspend, or lacks what that way needs."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(fields={field: coded(code)})


class InterfaceMissing(ValidationFailed):
    """Static ARP entries belong to an interface."""

    def __init__(self) -> None:
        super().__init__(fields={"interface": coded("required")})


class BulkEnded(Conflict):
    """A bulk operation that is over cannot be paused, resumed or stopped."""

    code = "bulk-ended"


class NothingChosen(Conflict):
    """No service is like what was chosen for a bulk operation."""

    code = "nothing-chosen"


class AccountNotPlaced(Conflict):
    """A change of a service that is not on a router."""

    code = "account-not-placed"


class AccountNotChanging(Conflict):
    """An outcome for an account that is not being changed."""

    code = "account-not-changing"


class AccountNotAsked(Conflict):
    """An outcome for an account that waits for none."""

    code = "account-not-asked"
