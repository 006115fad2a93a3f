"""What clients see of their own."""

from __future__ import annotations

from typing import Any

from chassis.calls import Call
from chassis.service import query
from services.installations import (
    portal,
    schemas,
)
from services.installations.schemas.portal import Contact, OwnFile, OwnServices


class ClientAnswers:
    """Entries of the service: one call each."""

    @query(takes=Contact, gives=OwnServices, clients=True)
    def services_of(self, call: Call) -> Any:
        return {"rows": portal.services_of(call.session, **call.data)}

    @query(takes=schemas.OneInstallation, gives=schemas.Files, clients=True)
    def files_for_client(self, call: Call) -> Any:
        return {"rows": portal.files_for(call.session, **call.data)}

    @query(takes=OwnFile, gives=schemas.OpenedFile, clients=True)
    def open_file_for_client(self, call: Call) -> Any:
        return portal.open_file_for(call.session, **call.data)
