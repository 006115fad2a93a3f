"""The installations service: what it answers, and what it listens to."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.calls import Call
from chassis.crashpoints import reached
from chassis.exporting import ExportsLists
from chassis.exporting.answering import ExportView
from chassis.images import Documents
from chassis.jobs import Job
from chassis.secrets import Keyring
from chassis.service import Service, command, every, handles, query, works
from chassis.storage import find
from chassis.storage.tallies import sum_up
from chassis.workers import WorkerPool
from events.contracts import ContractPdfReady
from events.gateway import CompanyChanged, StaffChanged
from events.preinstall import PreinstallApproved
from events.provisioning import (
    AdjustmentFailed,
    PoolChanged,
    PoolRead,
    ProvisioningFailed,
    RouterChanged,
    ServiceAdjusted,
    ServiceProvisioned,
)
from services.installations import (
    activation,
    addresses,
    catalogue,
    changing,
    checking,
    checklists,
    choices,
    filing,
    history,
    listing,
    moving_plans,
    on_site,
    overview,
    places,
    portal,
    previews,
    projections,
    queries,
    scheduling,
    schemas,
    wifi,
)
from services.installations.agenda import moving, showing, slots, working
from services.installations.bulk import working as bulk
from services.installations.bulk.choosing import chosen_ids
from services.installations.exporting import EXPORTED
from services.installations.imports import loading, looking, running, steering, undoing
from services.installations.imports import queries as import_queries
from services.installations.model import Base, BulkChange, Export, InstallationTally
from services.installations.schemas import imports as import_schemas
from services.installations.schemas import visits
from services.installations.schemas.portal import Contact, OwnFile, OwnServices
from services.installations.settings import InstallationsSettings
from services.installations.sheets import filling, templates
from services.installations.sheets import many as many_sheets
from services.installations.sheets.paper import blank
from services.installations.sheets.tags import TAGS

# Seconds between the pieces of long work: the only writer of a SQLite file lets others write.
BREATH = 0.005
READS_PASSWORDS = frozenset({"owner", "office", "technician"})


class Installations(ExportsLists, Service):
    name = "installations"
    base = Base
    export_table = Export
    exported = EXPORTED
    settings_class = InstallationsSettings

    @cached_property
    def documents(self) -> Documents:
        return Documents(self.files)

    @cached_property
    def printer(self) -> WorkerPool:
        """One at a time: it needs a whole core. Started when needed, ended when idle."""
        return WorkerPool(
            "services.installations.sheets.render:render", max_workers=1, idle_seconds=60, timeout=100, memory_mb=512
        )

    @cached_property
    def painter(self) -> WorkerPool:
        return WorkerPool(
            "services.installations.previews:render", max_workers=1, idle_seconds=30, timeout=15, memory_mb=768
        )

    @cached_property
    def press(self) -> WorkerPool:
        """Prints many sheets at a time, beside those that somebody waits for."""
        return WorkerPool(
            "services.installations.sheets.render:render_many",
            max_workers=1,
            idle_seconds=60,
            timeout=600,
            memory_mb=768,
        )

    @cached_property
    def table_reader(self) -> WorkerPool:
        """Of files that people import: hostile ones meet its limits."""
        return WorkerPool(
            "services.installations.imports.reading:read", max_workers=1, idle_seconds=30, timeout=60, memory_mb=1024
        )

    def close(self) -> None:
        for opened in {"documents", "painter", "press", "printer", "table_reader"} & vars(self).keys():
            getattr(self, opened).close()
        super().close()

    # What an installation is made of.

    @query(takes=schemas.Nothing, gives=schemas.Routers)
    def list_routers(self, call: Call) -> Any:
        return {"rows": queries.list_routers(call.session)}

    @query(takes=schemas.Nothing, gives=schemas.Zones)
    def list_zones(self, call: Call) -> Any:
        return {"rows": queries.list_zones(call.session)}

    @command(takes=schemas.SaveZone, gives=schemas.Zone)
    def save_zone(self, call: Call) -> Any:
        return catalogue.save_zone(call.session, **call.data)

    @query(takes=schemas.OfZone, gives=schemas.Sectors)
    def list_sectors(self, call: Call) -> Any:
        return {"rows": queries.list_sectors(call.session, **call.data)}

    @command(takes=schemas.SaveSector, gives=schemas.Sector)
    def save_sector(self, call: Call) -> Any:
        return catalogue.save_sector(call.session, **call.data)

    @query(takes=schemas.OfRouter, gives=schemas.Plans)
    def list_plans(self, call: Call) -> Any:
        return {"rows": queries.list_plans(call.session, **call.data)}

    @command(takes=schemas.SavePlan, gives=schemas.Plan)
    def save_plan(self, call: Call) -> Any:
        return catalogue.save_plan(call.session, **call.data)

    @query(takes=schemas.Nothing, gives=schemas.Technicians)
    def list_technicians(self, call: Call) -> Any:
        return {"rows": queries.list_technicians(call.session)}

    @query(takes=schemas.Propose, gives=schemas.Proposal)
    def propose(self, call: Call) -> Any:
        return addresses.propose(call.session, **call.data)

    @query(takes=schemas.Nothing, gives=schemas.PoolUsages)
    def list_pool_usage(self, call: Call) -> Any:
        return {"rows": addresses.list_usage(call.session)}

    @query(takes=schemas.PoolBlock, gives=schemas.PoolAddresses)
    def pool_addresses(self, call: Call) -> Any:
        return addresses.block(call.session, **call.data)

    @works(catalogue.RETELL, attempts=None)
    def retell_plan(self, job: Job) -> None:
        """In pieces: a plan may have thousands of clients, and nobody else should wait for all of them."""
        last = None
        while True:
            with self.database.begin(job.company_id) as session:
                last = catalogue.retell(session, plan_id=UUID(job.payload["plan_id"]), after=last)
            if last is None:
                return

    @command(takes=schemas.BeginPlanMove, gives=schemas.PlanMoveView)
    def begin_plan_move(self, call: Call) -> Any:
        return moving_plans.begin(call.session, asked_by=call.actor.name or "", at=call.at, **call.data)

    @command(takes=schemas.SteerPlanMove, gives=schemas.PlanMoveView)
    def steer_plan_move(self, call: Call) -> Any:
        return moving_plans.steer(call.session, at=call.at, **call.data)

    @query(takes=schemas.Paging, gives=schemas.PlanMoves)
    def list_plan_moves(self, call: Call) -> Any:
        return moving_plans.list_moves(call.session, **call.data)

    @query(takes=schemas.PlanMoveRef, gives=schemas.PlanMoveReport)
    def get_plan_move(self, call: Call) -> Any:
        return moving_plans.get(call.session, **call.data)

    @works(moving_plans.MOVE, attempts=None)
    def move_plan(self, job: Job) -> Any:
        move_id = UUID(job.payload["move_id"])
        return lambda session: moving_plans.go_on(session, move_id=move_id, at=clock.now())

    # The agenda.

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

    @query(takes=schemas.InstallationSearch, gives=schemas.InstallationRows)
    def list_installations(self, call: Call) -> Any:
        return listing.list_installations(call.session, **call.data)

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

    # At the client's.

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

    # Many at once.

    @query(takes=schemas.PreviewBulkChange, gives=schemas.BulkChangePreview)
    def preview_bulk_change(self, call: Call) -> Any:
        return bulk.preview(call.session, **call.data)

    @command(takes=schemas.BeginBulkChange, gives=schemas.BulkChangeView)
    def begin_bulk_change(self, call: Call) -> Any:
        return bulk.begin(call.session, asked_by=call.actor.name or "", at=call.at, **call.data)

    @command(takes=schemas.OneBulkChange, gives=schemas.BulkChangeView)
    def stop_bulk_change(self, call: Call) -> Any:
        return bulk.stop(call.session, at=call.at, **call.data)

    @query(takes=schemas.Paging, gives=schemas.BulkChanges)
    def list_bulk_changes(self, call: Call) -> Any:
        return bulk.list_changes(call.session, **call.data)

    @query(takes=schemas.OneBulkChange, gives=schemas.BulkChangeView)
    def get_bulk_change(self, call: Call) -> Any:
        return find(call.session, BulkChange, call.data["change_id"])

    @query(takes=schemas.ItemsOfBulkChange, gives=schemas.BulkChangeItems)
    def list_bulk_change_items(self, call: Call) -> Any:
        return bulk.list_items(call.session, **call.data)

    @query(takes=schemas.PreviewBulkChange)
    def choose_installations(self, call: Call) -> Any:
        """The ids alone, for what another service does with many."""
        return {"installation_ids": [str(id) for id in chosen_ids(call.session, **call.data["chosen"])]}

    @works(bulk.WORK_OFF, attempts=None)
    def work_off_bulk_change(self, job: Job) -> Any:
        change_id = UUID(job.payload["change_id"])
        return lambda session: bulk.work_off(session, change_id=change_id, at=clock.now())

    # From a job to a client.

    @command(takes=schemas.OneInstallation, gives=schemas.Activating)
    def activate(self, call: Call) -> Any:
        return activation.activate(call.session, at=call.at, **call.data)

    @query(takes=schemas.ClientSearch, gives=schemas.InstallationRows)
    def list_clients(self, call: Call) -> Any:
        return listing.list_clients(call.session, **call.data)

    @query(takes=schemas.OneInstallation, gives=schemas.Installation)
    def get_client(self, call: Call) -> Any:
        return queries.get_client(call.session, **call.data)

    @every(seconds=60, lease="installations.give-up-activations")
    def give_up_activations(self, at: datetime) -> None:
        patience = timedelta(minutes=self.settings.activation_minutes)
        with self.database.read_unscoped() as session:
            stuck = activation.stuck(session, at=at, patience=patience)
        for each in stuck:
            with self.database.begin(each.company_id) as session:
                activation.give_up(session, installation_id=each.id, activation_id=each.activation_id)

    @every(seconds=60, lease="installations.sum-up-tallies")
    def sum_up_tallies(self, at: datetime) -> None:
        sum_up(self.database, InstallationTally)

    # Sheets.

    @query(takes=schemas.Nothing, gives=schemas.SheetTemplates)
    def list_sheet_templates(self, call: Call) -> Any:
        return {"rows": queries.list_sheet_templates(call.session), "tags": list(TAGS), "paper": blank(call.locale)}

    @command(takes=schemas.SaveSheetTemplate, gives=schemas.SheetTemplate)
    def save_sheet_template(self, call: Call) -> Any:
        return templates.save(call.session, **call.data)

    @command(takes=schemas.OneSheetTemplate)
    def delete_sheet_template(self, call: Call) -> Any:
        templates.delete(call.session, **call.data)
        return {}

    @query(takes=schemas.FillSheet)
    def fill_sheet(self, call: Call) -> Any:
        return filling.fill(call.session, keyring=self._keyring_for(call), **call.data)

    @command(takes=schemas.PrintSheet, before="render_sheet")
    def print_sheet(self, call: Call) -> Any:
        return call.data

    def render_sheet(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            filled = filling.fill(session, keyring=self._keyring_for(call), **call.data)
        call.data = {**self.printer.run({"page": filled["page"]}), "filename": f"{filled['title']}.pdf"}

    @command(takes=schemas.PrintSheets, before="render_sheets")
    def print_sheets(self, call: Call) -> Any:
        return call.data

    def render_sheets(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            pages = filling.fill_several(session, keyring=self._keyring_for(call), **call.data)
        call.data = self.printer.run({"pages": pages})

    @command(takes=schemas.PrintManySheets, gives=ExportView)
    def print_many_sheets(self, call: Call) -> Any:
        may_read = call.actor.role in READS_PASSWORDS
        return many_sheets.begin(
            call.session, with_passwords=may_read, asked_by=call.actor.name, at=call.at, **call.data
        )

    def make_document(self, room: Path, target: Path, company_id: UUID, export: Export) -> int:
        sources = many_sheets.fill_into(
            room, self.database, company_id, export.asked, self.keyring,
            lambda count: self.tell_rows(company_id, export.id, count),
        )  # fmt: skip
        return self.press.run({"sources": sources, "target": str(target)})["sheets"]

    def _keyring_for(self, call: Call) -> Keyring | None:
        """The Wi-Fi password is for those who install."""
        return self.keyring if call.actor.role in READS_PASSWORDS else None

    # Files.

    @command(takes=schemas.AddFile, gives=schemas.File, before="inspect_file")
    def add_file(self, call: Call) -> Any:
        return filing.add_file(call.session, at=call.asked_at, actor=call.actor, **call.data)

    def inspect_file(self, call: Call) -> None:
        call.data["file"] = filing.take(self.documents, call.company_id, call.data["file"])

    @command(takes=schemas.ChangeFile, gives=schemas.File)
    def change_file(self, call: Call) -> Any:
        return filing.change_file(call.session, **call.data)

    @command(takes=schemas.ChangeFiles, gives=schemas.Files)
    def change_files(self, call: Call) -> Any:
        return {"rows": filing.change_files(call.session, **call.data)}

    @command(takes=schemas.OneFile, gives=schemas.Preview, before="draw_preview")
    def preview_file(self, call: Call) -> Any:
        return filing.keep_preview(call.session, **call.data)

    def draw_preview(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            file = queries.open_file(session, **call.data)
        call.data["preview_key"] = file.preview_key
        if file.preview_key is None:
            about = {"company_id": call.company_id, "file_key": file.file_key, "content_type": file.content_type}
            call.data["preview_key"] = previews.make(self.files, self.painter, **about)

    @command(takes=schemas.OneFile)
    def delete_file(self, call: Call) -> Any:
        filing.delete_file(call.session, **call.data)
        return {}

    @query(takes=schemas.OneInstallation, gives=schemas.Files)
    def list_files(self, call: Call) -> Any:
        return {"rows": queries.list_files(call.session, **call.data)}

    @query(takes=schemas.OneFile, gives=schemas.OpenedFile)
    def open_file(self, call: Call) -> Any:
        return queries.open_file(call.session, **call.data)

    # What clients see of their own.

    @query(takes=Contact, gives=OwnServices, clients=True)
    def services_of(self, call: Call) -> Any:
        return {"rows": portal.services_of(call.session, **call.data)}

    @query(takes=schemas.OneInstallation, gives=schemas.Files, clients=True)
    def files_for_client(self, call: Call) -> Any:
        return {"rows": portal.files_for(call.session, **call.data)}

    @query(takes=OwnFile, gives=schemas.OpenedFile, clients=True)
    def open_file_for_client(self, call: Call) -> Any:
        return portal.open_file_for(call.session, **call.data)

    # Imports.

    @command(takes=import_schemas.BeginImport, gives=import_schemas.ImportView, before="inspect_import")
    def begin_import(self, call: Call) -> Any:
        return steering.begin(call.session, actor=call.actor, at=call.at, **call.data)

    def inspect_import(self, call: Call) -> None:
        call.data["file"] = loading.inspect(self.files, self.table_reader, call.data["file"])

    @command(takes=import_schemas.OneLayout, gives=import_schemas.ImportView)
    def apply_import_layout(self, call: Call) -> Any:
        return steering.apply_layout(call.session, **call.data)

    @command(takes=import_schemas.MapImport, gives=import_schemas.ImportView)
    def map_import(self, call: Call) -> Any:
        return steering.map_columns(call.session, **call.data)

    @command(takes=import_schemas.ChooseNames, gives=import_schemas.ImportView)
    def choose_import_names(self, call: Call) -> Any:
        return steering.choose_names(call.session, **call.data)

    @command(takes=import_schemas.OneImport, gives=import_schemas.ImportView)
    def run_import(self, call: Call) -> Any:
        return steering.run(call.session, at=call.at, **call.data)

    @command(takes=import_schemas.OneImport, gives=import_schemas.ImportView)
    def stop_import(self, call: Call) -> Any:
        return steering.stop(call.session, at=call.at, **call.data)

    @command(takes=import_schemas.OneImport, gives=import_schemas.ImportView)
    def undo_import(self, call: Call) -> Any:
        return steering.undo(call.session, **call.data)

    @command(takes=import_schemas.OneImport)
    def forget_import(self, call: Call) -> Any:
        steering.forget(call.session, **call.data)
        return {}

    @query(takes=schemas.Paging, gives=import_schemas.Imports)
    def list_imports(self, call: Call) -> Any:
        return import_queries.list_imports(call.session, **call.data)

    @query(takes=import_schemas.OneImport, gives=import_schemas.ImportReport)
    def get_import(self, call: Call) -> Any:
        return import_queries.get_import(call.session, **call.data)

    @query(takes=import_schemas.ImportRowSearch, gives=import_schemas.ImportRows)
    def list_import_rows(self, call: Call) -> Any:
        return import_queries.list_rows(call.session, keyring=self.keyring, **call.data)

    @works(steering.CHECK, failed="import_unreadable")
    def check_import(self, job: Job) -> None:
        of = {"company_id": job.company_id, "import_id": UUID(job.payload["import_id"])}
        loading.load(self.database, self.files, self.table_reader, self.keyring, **of)
        looking.look(self.database, self.keyring, **of)

    def import_unreadable(self, session: Session, job: Job, error: Exception) -> None:
        looking.note_unreadable(session, import_id=UUID(job.payload["import_id"]), error=error)

    @works(steering.RUN, attempts=None)
    def work_on_import(self, job: Job) -> None:
        """In pieces, each of them once: what was made is known by its row."""
        of = {"keyring": self.keyring, "import_id": UUID(job.payload["import_id"])}
        self._in_pieces(job, lambda session: running.make_some(session, at=clock.now(), **of))

    @works(steering.UNDO, attempts=None)
    def take_back_import(self, job: Job) -> None:
        import_id = UUID(job.payload["import_id"])
        self._in_pieces(job, lambda session: undoing.take_back_some(session, import_id=import_id, at=clock.now()))

    def _in_pieces(self, job: Job, do_some: Callable[[Session], bool]) -> None:
        """A transaction each, until there are no more; others get their turn between them."""
        more = True
        while more:
            with self.database.begin(job.company_id) as session:
                more = do_some(session)
            reached(f"{job.kind}.piece")
            time.sleep(BREATH)

    # What others tell.

    @handles(CompanyChanged, queue="installations.on_company_changed")
    def on_company_changed(self, session: Session, event: CompanyChanged) -> None:
        projections.learn_company(session, event)

    @handles(StaffChanged, queue="installations.on_staff_changed")
    def on_staff_changed(self, session: Session, event: StaffChanged) -> None:
        projections.learn_staff(session, event)

    @handles(RouterChanged, queue="installations.on_router_changed")
    def on_router_changed(self, session: Session, event: RouterChanged) -> None:
        projections.learn_router(session, event)

    @handles(PoolChanged, queue="installations.on_pool_changed")
    def on_pool_changed(self, session: Session, event: PoolChanged) -> None:
        addresses.learn_pool(session, event)

    @handles(PoolRead, queue="installations.on_pool_read")
    def on_pool_read(self, session: Session, event: PoolRead) -> None:
        addresses.learn_reading(session, event)

    @handles(PreinstallApproved, queue="installations.on_preinstall_approved")
    def on_preinstall_approved(self, session: Session, event: PreinstallApproved) -> None:
        filing.attach_documents(session, event)

    @handles(ContractPdfReady, queue="installations.on_contract_pdf_ready")
    def on_contract_pdf_ready(self, session: Session, event: ContractPdfReady) -> None:
        filing.attach_contract(session, event)

    @handles(ServiceProvisioned, queue="installations.on_service_provisioned")
    def on_service_provisioned(self, session: Session, event: ServiceProvisioned) -> None:
        activation.confirm(
            session,
            installation_id=event.installation_id,
            activation_id=event.activation_id,
            at=event.verified_at,
        )

    @handles(ServiceAdjusted, queue="installations.on_service_adjusted")
    def on_service_adjusted(self, session: Session, event: ServiceAdjusted) -> None:
        changing.adjusted(session, event)

    @handles(AdjustmentFailed, queue="installations.on_adjustment_failed")
    def on_adjustment_failed(self, session: Session, event: AdjustmentFailed) -> None:
        changing.refused(session, event)

    @handles(ProvisioningFailed, queue="installations.on_provisioning_failed")
    def on_provisioning_failed(self, session: Session, event: ProvisioningFailed) -> None:
        activation.fail(
            session,
            installation_id=event.installation_id,
            activation_id=event.activation_id,
            reason_code=event.reason_code,
            reason_params=event.reason_params,
        )
