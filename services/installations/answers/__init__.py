"""What the service answers and works off, by what it is about; `service.py` puts them together."""

from services.installations.answers.agenda import AgendaAnswers
from services.installations.answers.bulk import BulkAnswers
from services.installations.answers.catalogue import CatalogueAnswers
from services.installations.answers.clients import ClientAnswers
from services.installations.answers.endings import EndingAnswers
from services.installations.answers.files import FileAnswers
from services.installations.answers.imports import ImportAnswers
from services.installations.answers.lists import ListAnswers
from services.installations.answers.on_site import OnSiteAnswers
from services.installations.answers.sheets import SheetAnswers

__all__ = [
    "AgendaAnswers",
    "BulkAnswers",
    "CatalogueAnswers",
    "ClientAnswers",
    "EndingAnswers",
    "FileAnswers",
    "ImportAnswers",
    "ListAnswers",
    "OnSiteAnswers",
    "SheetAnswers",
]
