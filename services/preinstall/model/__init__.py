"""Requests with their documents, what the company asks for, and the e-mail addresses that are taken."""

from services.preinstall.model.finding import LINES, RequestTally, RequestWord
from services.preinstall.model.form import KINDS, OPTIONAL, REQUIRED, FormSettings, PrivacyNotice
from services.preinstall.model.likeness import KEYS, ToldApart, has_duplicates
from services.preinstall.model.projected import CANCELLED, Company, KnownInstallation, Recognisable
from services.preinstall.model.request import (
    APPROVED,
    CAMPAIGN,
    MERGED,
    OPEN,
    STATES,
    Document,
    Export,
    Request,
    comparable,
)
from services.preinstall.model.tables import Base

__all__ = [
    "APPROVED", "CAMPAIGN", "CANCELLED", "KEYS", "KINDS", "LINES", "MERGED", "OPEN", "OPTIONAL", "REQUIRED", "STATES",
    "Base", "Company", "Document", "Export", "FormSettings", "KnownInstallation", "PrivacyNotice", "Recognisable",
    "Request", "RequestTally", "RequestWord", "ToldApart", "comparable", "has_duplicates",
]  # fmt: skip
