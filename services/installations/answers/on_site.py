"""What technicians do at the client's."""

from __future__ import annotations

from typing import Any

from chassis.calls import Call
from chassis.secrets import Keyring
from chassis.service import command, query
from services.installations import (
    checklists,
    on_site,
    schemas,
)


class OnSiteAnswers:
    """Entries of the service: one call each."""

    keyring: Keyring

    @query(takes=schemas.OfTechnician, gives=schemas.Visits)
    def list_visits(self, call: Call) -> Any:
        return on_site.visits(call.session, at=call.at, **call.data)

    @command(takes=schemas.OneInstallation, gives=schemas.Scheduled)
    def begin_visit(self, call: Call) -> Any:
        return on_site.begin(call.session, **call.data)

    @command(takes=schemas.Correct, gives=schemas.Scheduled)
    def correct(self, call: Call) -> Any:
        return on_site.correct(call.session, keyring=self.keyring, **call.data)

    @command(takes=schemas.Locate, gives=schemas.Scheduled)
    def locate(self, call: Call) -> Any:
        return on_site.locate(call.session, **call.data)

    @query(takes=schemas.Nothing, gives=schemas.Checklist)
    def get_checklist(self, call: Call) -> Any:
        return checklists.current(call.session)

    @command(takes=schemas.SaveChecklist, gives=schemas.Checklist)
    def save_checklist(self, call: Call) -> Any:
        return checklists.save(call.session, **call.data)

    @command(takes=schemas.Answer)
    def answer_checklist(self, call: Call) -> Any:
        checklists.answer(call.session, by=call.actor.name or "", at=call.asked_at, **call.data)
        return {}

    @query(takes=schemas.OneInstallation, gives=schemas.Report)
    def get_report(self, call: Call) -> Any:
        return checklists.report(call.session, **call.data)
