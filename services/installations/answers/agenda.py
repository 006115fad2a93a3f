"""Scheduling and changing installations; who is where at which hour."""

from __future__ import annotations

from typing import Any

from chassis.calls import Call
from chassis.secrets import Keyring
from chassis.service import command, query
from services.installations import (
    scheduling,
    schemas,
)
from services.installations.agenda import moving, showing, slots, working
from services.installations.schemas import visits


class AgendaAnswers:
    """Entries of the service: one call each."""

    keyring: Keyring

    @command(takes=schemas.Schedule, gives=schemas.Scheduled)
    def schedule(self, call: Call) -> Any:
        return scheduling.schedule(call.session, keyring=self.keyring, at=call.at, **call.data)

    @command(takes=schemas.Change, gives=schemas.Scheduled)
    def change(self, call: Call) -> Any:
        return scheduling.change(call.session, keyring=self.keyring, at=call.at, **call.data)

    @command(takes=schemas.OneInstallation, gives=schemas.Scheduled)
    def start(self, call: Call) -> Any:
        return scheduling.start(call.session, **call.data)

    @command(takes=schemas.Cancel, gives=schemas.Scheduled)
    def cancel(self, call: Call) -> Any:
        return scheduling.cancel(call.session, **call.data)

    @query(takes=visits.ShowAgenda, gives=visits.Agenda)
    def show_agenda(self, call: Call) -> Any:
        return showing.show_agenda(call.session, **call.data)

    @query(takes=visits.ShowMonth, gives=visits.Month)
    def show_month(self, call: Call) -> Any:
        return {"rows": showing.show_month(call.session, **call.data)}

    @query(takes=visits.Filters, gives=visits.Visits)
    def list_late(self, call: Call) -> Any:
        return {"rows": showing.list_late(call.session, at=call.at, **call.data)}

    @query(takes=visits.ShowRoute, gives=visits.Route)
    def show_route(self, call: Call) -> Any:
        return showing.show_route(call.session, **call.data)

    @query(takes=visits.ProposeSlots, gives=visits.Slots)
    def propose_slots(self, call: Call) -> Any:
        return {"rows": slots.propose_slots(call.session, at=call.at, **call.data)}

    @query(takes=visits.CheckVisit, gives=visits.Conflicts)
    def check_visit(self, call: Call) -> Any:
        return {"rows": moving.check(call.session, at=call.at, **call.data)}

    @command(takes=visits.Reschedule, gives=visits.Rescheduled)
    def reschedule(self, call: Call) -> Any:
        return {"rows": moving.reschedule(call.session, at=call.at, **call.data)}

    @query(takes=schemas.Nothing, gives=visits.Working)
    def show_working(self, call: Call) -> Any:
        return working.show_working(call.session, at=call.at)

    @command(takes=visits.SaveRules, gives=visits.Rules)
    def save_agenda_rules(self, call: Call) -> Any:
        return working.save_rules(call.session, **call.data)

    @command(takes=visits.SaveWeek)
    def save_technician_week(self, call: Call) -> Any:
        working.save_week(call.session, **call.data)
        return {}

    @command(takes=visits.AddAbsence, gives=visits.Absence)
    def add_absence(self, call: Call) -> Any:
        return working.add_absence(call.session, **call.data)

    @command(takes=visits.OneAbsence)
    def remove_absence(self, call: Call) -> Any:
        working.remove_absence(call.session, **call.data)
        return {}
