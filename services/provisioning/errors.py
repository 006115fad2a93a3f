"""What the provisioning service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from chassis.errors import Conflict


class RouterInUse(Conflict):
    """Accounts were put on the router in its present mode."""

    code = "router-in-use"


class AccountNotAsked(Conflict):
    """An outcome for an account that waits for none."""

    code = "account-not-asked"
