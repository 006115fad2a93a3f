"""Zones, plans, installations, clients and files; which states exist, and which moves are legal."""

from services.installations.model.agenda import USUAL_MINUTES, USUAL_WEEK, Absence, AgendaRules, TechnicianWeek, Week
from services.installations.model.bulk import BulkChange, BulkChangeItem
from services.installations.model.catalogue import Plan, PlanMove, Sector, Zone
from services.installations.model.checklist import Checklist, ChecklistAnswer
from services.installations.model.choosing import CHOICES, ChoiceRevision
from services.installations.model.export import Export
from services.installations.model.file import File
from services.installations.model.finding import (
    CANCELLED_ONES,
    CLIENTS,
    ENDED_ONES,
    PENDING_ONES,
    InstallationTally,
    InstallationWord,
)
from services.installations.model.imports import Import, ImportLayout, ImportRow
from services.installations.model.installation import Client, Installation
from services.installations.model.projected import Company, Pool, Router, Staff, TakenAddress
from services.installations.model.sheet import SheetLogo, SheetTemplate
from services.installations.model.states import (
    ACTIVATING,
    ACTIVE,
    CANCELLED,
    CURRENT,
    DONE,
    ENDED,
    ENDING,
    IN_PROGRESS,
    MOVES,
    NEW,
    ON_THE_ROUTER,
    OVER,
    PAUSED,
    PENDING,
    RUNNING,
    SEARCHED,
    STATES,
    STOPPED,
    TIMED_OUT,
)
from services.installations.model.tables import Base

__all__ = [
    "ACTIVATING",
    "ACTIVE",
    "CANCELLED",
    "CANCELLED_ONES",
    "CHOICES",
    "CLIENTS",
    "CURRENT",
    "DONE",
    "ENDED",
    "ENDED_ONES",
    "ENDING",
    "IN_PROGRESS",
    "MOVES",
    "NEW",
    "ON_THE_ROUTER",
    "OVER",
    "PAUSED",
    "PENDING",
    "PENDING_ONES",
    "RUNNING",
    "SEARCHED",
    "STATES",
    "STOPPED",
    "TIMED_OUT",
    "USUAL_MINUTES",
    "USUAL_WEEK",
    "Absence",
    "AgendaRules",
    "Base",
    "BulkChange",
    "BulkChangeItem",
    "Checklist",
    "ChecklistAnswer",
    "ChoiceRevision",
    "Client",
    "Company",
    "Export",
    "File",
    "Import",
    "ImportLayout",
    "ImportRow",
    "Installation",
    "InstallationTally",
    "InstallationWord",
    "Plan",
    "PlanMove",
    "Pool",
    "Router",
    "Sector",
    "SheetLogo",
    "SheetTemplate",
    "Staff",
    "TakenAddress",
    "TechnicianWeek",
    "Week",
    "Zone",
]
