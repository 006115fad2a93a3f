"""Routers, and the service accounts that should be on them; which moves are legal."""

from services.provisioning.model.account import (
    ASKED,
    CHANGE,
    CHANGING,
    FAILED,
    PLACED,
    RECONNECT,
    REFUSED,
    REMOVE,
    REMOVED,
    REMOVING,
    STANDING,
    SUSPEND,
    TRIED_FOR,
    Account,
    Cancellation,
)
from services.provisioning.model.adoption import Adoption
from services.provisioning.model.bulk import BulkItem, BulkOperation
from services.provisioning.model.difference import FoundDifference
from services.provisioning.model.pool import Pool
from services.provisioning.model.router import Router
from services.provisioning.model.tables import Base

__all__ = [
    "ASKED",
    "CHANGE",
    "CHANGING",
    "FAILED",
    "PLACED",
    "RECONNECT",
    "REFUSED",
    "REMOVE",
    "REMOVED",
    "REMOVING",
    "STANDING",
    "SUSPEND",
    "TRIED_FOR",
    "Account",
    "Adoption",
    "Base",
    "BulkItem",
    "BulkOperation",
    "Cancellation",
    "FoundDifference",
    "Pool",
    "Router",
]
