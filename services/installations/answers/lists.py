"""Lists, numbers and single rows for screens."""

from __future__ import annotations

from typing import Any

from chassis.calls import Call
from chassis.secrets import Keyring
from chassis.service import query
from services.installations import (
    checking,
    choices,
    history,
    listing,
    overview,
    places,
    queries,
    schemas,
    wifi,
)


class ListAnswers:
    """Entries of the service: one call each."""

    keyring: Keyring

    @query(takes=schemas.ListInstallations, gives=schemas.InstallationRows)
    def list_installations(self, call: Call) -> Any:
        return choices.with_choices(call.session, listing.list_installations, **call.data)

    @query(takes=schemas.Nothing, gives=schemas.Totals)
    def count_installations(self, call: Call) -> Any:
        return {"by_state": listing.totals(call.session)}

    @query(takes=schemas.Nothing, gives=schemas.Choices)
    def list_choices(self, call: Call) -> Any:
        return choices.list_choices(call.session)

    @query(takes=schemas.FindMatching, gives=schemas.MatchingRows)
    def find_matching(self, call: Call) -> Any:
        return {"rows": queries.find_matching(call.session, **call.data)}

    @query(takes=schemas.OneInstallation, gives=schemas.Installation)
    def get_installation(self, call: Call) -> Any:
        return queries.get_installation(call.session, **call.data)

    @query(takes=schemas.CheckService, gives=schemas.CheckedService)
    def check_service(self, call: Call) -> Any:
        return checking.check_service(call.session, **call.data)

    @query(takes=schemas.OneInstallation, gives=schemas.FieldChanges)
    def last_changes(self, call: Call) -> Any:
        return {"rows": history.last_changes(call.session, **call.data)}

    @query(takes=schemas.Places, gives=schemas.PlaceRows)
    def list_places(self, call: Call) -> Any:
        return {"rows": places.list_places(call.session, **call.data)}

    @query(takes=schemas.OneInstallation, gives=schemas.Wifi)
    def get_wifi(self, call: Call) -> Any:
        return wifi.wifi_of(queries.get_installation(call.session, **call.data), self.keyring)

    @query(takes=schemas.AskDashboard, gives=schemas.Dashboard)
    def dashboard(self, call: Call) -> Any:
        return overview.dashboard(call.session, at=call.at, **call.data)

    @query(takes=schemas.AskMonth, gives=schemas.Month)
    def month(self, call: Call) -> Any:
        return overview.month(call.session, at=call.at, **call.data)

    @query(takes=schemas.ListClients, gives=schemas.InstallationRows)
    def list_clients(self, call: Call) -> Any:
        return choices.with_choices(call.session, listing.list_clients, **call.data)

    @query(takes=schemas.OneInstallation, gives=schemas.Installation)
    def get_client(self, call: Call) -> Any:
        return queries.get_client(call.session, **call.data)
