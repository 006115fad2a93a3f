"""The preinstall service: what it answers, and what it listens to."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from chassis.calls import Call
from chassis.exporting import ExportsLists
from chassis.images import JPEG, PNG, Documents
from chassis.previews import make as make_preview
from chassis.service import Service, command, every, handles, query
from chassis.storage.tallies import sum_up
from chassis.workers import WorkerPool
from events.gateway import CompanyChanged
from events.installations import (
    InstallationActivated,
    InstallationCancelled,
    InstallationChanged,
    InstallationScheduled,
    ServiceChanged,
    ServiceEnded,
)
from services.preinstall import form, listing, pages, projections, queries, rejecting, reviewing, schemas, submitting
from services.preinstall.errors import FormRefused
from services.preinstall.exporting import EXPORTED
from services.preinstall.model import Base, Export, RequestTally
from services.preinstall.settings import PreinstallSettings

LOGO_SIDE = 480  # pixels: sharp on a phone, and light


class Preinstall(ExportsLists, Service):
    name = "preinstall"
    base = Base
    export_table = Export
    exported = EXPORTED
    settings_class = PreinstallSettings

    @cached_property
    def documents(self) -> Documents:
        return Documents(self.files)

    @cached_property
    def logos(self) -> Documents:
        return Documents(self.files, allowed=(PNG, JPEG), longest_side=LOGO_SIDE)

    @cached_property
    def painter(self) -> WorkerPool:
        return WorkerPool("services.preinstall.pages:draw", max_workers=1, idle_seconds=30, timeout=20, memory_mb=768)

    def close(self) -> None:
        for name in ("documents", "logos", "painter"):
            if name in vars(self):
                vars(self)[name].close()
        super().close()

    # The public form.

    @query(takes=schemas.Nothing, gives=schemas.FormSettings)
    def form_settings(self, call: Call) -> Any:
        return queries.form_settings(call.session, max_file_bytes=self.settings.max_file_bytes)

    @command(takes=schemas.ChangeFormSettings, gives=schemas.FormSettings)
    def change_form_settings(self, call: Call) -> Any:
        form.change_form_settings(call.session, at=call.at, **call.data)
        return queries.form_settings(call.session, max_file_bytes=self.settings.max_file_bytes)

    @command(takes=schemas.Logo, gives=schemas.KeptLogo, before="clean_logo")
    def keep_logo(self, call: Call) -> Any:
        """For the gateway, which owns how a company looks and can't draw."""
        return call.data["kept"]

    def clean_logo(self, call: Call) -> None:
        call.data["kept"] = self.logos.take(call.company_id, **call.data)

    @command(takes=schemas.Submit, gives=schemas.Submitted, before="inspect_documents")
    def submit(self, call: Call) -> Any:
        return submitting.submit(call.session, at=call.asked_at, **call.data)

    def inspect_documents(self, call: Call) -> None:
        """Everything that is wrong is told at once, so that nobody sends the photos twice for a typing error."""
        with self.database.read(call.company_id) as session:
            if submitting.is_there(session, call.data["request_id"]):
                return
            wrong = submitting.check(session, **call.data)
        kept, refused = submitting.take_documents(
            self.documents, call.company_id, call.data["documents"], max_bytes=self.settings.max_file_bytes
        )
        if wrong | refused:
            raise FormRefused(fields=wrong | refused)
        call.data["documents"] = kept

    # What staff see of it.

    @query(takes=schemas.RequestSearch, gives=schemas.Requests)
    def list_requests(self, call: Call) -> Any:
        return listing.list_requests(call.session, **call.data)

    @query(takes=schemas.OneRequest, gives=schemas.Request)
    def get_request(self, call: Call) -> Any:
        return queries.get_request(call.session, **call.data)

    @command(takes=schemas.Reject, gives=schemas.RequestRow)
    def reject(self, call: Call) -> Any:
        return submitting.reject(call.session, at=call.at, **call.data)

    @query(takes=schemas.NextOpen, gives=schemas.Next)
    def next_open(self, call: Call) -> Any:
        return queries.next_open(call.session, **call.data)

    @command(takes=schemas.Flag, gives=schemas.RequestRow)
    def flag(self, call: Call) -> Any:
        return reviewing.flag(call.session, **call.data)

    @command(takes=schemas.Merge, gives=schemas.RequestRow)
    def merge(self, call: Call) -> Any:
        return reviewing.merge(call.session, **call.data)

    @command(takes=schemas.TellApart, gives=schemas.RequestRow)
    def tell_apart(self, call: Call) -> Any:
        return reviewing.tell_apart(call.session, **call.data)

    @command(takes=schemas.HandOver, gives=schemas.RequestRow)
    def hand_over(self, call: Call) -> Any:
        return reviewing.hand_over(call.session, at=call.at, **call.data)

    @command(takes=schemas.RejectMany, gives=schemas.RejectedMany)
    def reject_many(self, call: Call) -> Any:
        return rejecting.reject_many(call.session, at=call.at, **call.data)

    @query(takes=schemas.Track, gives=schemas.Tracked)
    def track(self, call: Call) -> Any:
        return queries.track(call.session, **call.data)

    @query(takes=schemas.OneDocument, gives=schemas.OpenedDocument)
    def open_document(self, call: Call) -> Any:
        return queries.open_document(call.session, **call.data)

    @command(takes=schemas.OneDocument, gives=schemas.Preview, before="draw_pages")
    def preview_document(self, call: Call) -> Any:
        return reviewing.keep_preview(call.session, **call.data)

    def draw_pages(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            document = queries.open_document(session, **call.data)
        call.data["preview_key"] = document.preview_key
        if document.preview_key is None:
            about = {
                "company_id": call.company_id,
                "file_key": document.file_key,
                "content_type": document.content_type,
            }
            call.data["preview_key"] = make_preview(self.files, self.painter, **about, largest=pages.LARGEST)

    @command(takes=schemas.TurnDocument, gives=schemas.Turned, before="draw_turned")
    def turn_document(self, call: Call) -> Any:
        return reviewing.keep_turned(call.session, **call.data)

    def draw_turned(self, call: Call) -> None:
        quarters = call.data.pop("quarters")
        with self.database.read(call.company_id) as session:
            document = queries.open_document(session, **call.data)
        of = {"company_id": call.company_id, "quarters": quarters}
        call.data["turned"] = reviewing.turn(self.documents, document, **of)
        call.data["turned_from"] = document.sha256

    @every(seconds=60, lease="preinstall.sum-up-tallies")
    def sum_up_tallies(self, at: datetime) -> None:
        sum_up(self.database, RequestTally)

    @query(takes=schemas.Nothing, gives=schemas.Summary)
    def summary(self, call: Call) -> Any:
        return queries.summary(call.session)

    @query(takes=schemas.AskFunnel, gives=schemas.Funnel)
    def funnel(self, call: Call) -> Any:
        return {"rows": queries.funnel(call.session, at=call.at, **call.data)}

    # What others tell.

    @handles(CompanyChanged, queue="preinstall.on_company_changed")
    def on_company_changed(self, session: Session, event: CompanyChanged) -> None:
        projections.learn_company(session, event)

    @handles(InstallationScheduled, queue="preinstall.on_installation_scheduled")
    def on_installation_scheduled(self, session: Session, event: InstallationScheduled) -> None:
        projections.learn_installation(session, event)
        if event.preinstall_request_id is not None:
            submitting.approve(
                session,
                request_id=event.preinstall_request_id,
                installation_id=event.installation_id,
                at=event.meta.time,
            )

    @handles(InstallationChanged, queue="preinstall.on_installation_changed")
    def on_installation_changed(self, session: Session, event: InstallationChanged) -> None:
        projections.learn_installation(session, event)

    @handles(InstallationActivated, queue="preinstall.on_installation_activated")
    def on_installation_activated(self, session: Session, event: InstallationActivated) -> None:
        projections.learn_installation(session, event)

    @handles(ServiceChanged, queue="preinstall.on_service_changed")
    def on_service_changed(self, session: Session, event: ServiceChanged) -> None:
        projections.learn_installation(session, event)

    @handles(ServiceEnded, queue="preinstall.on_service_ended")
    def on_service_ended(self, session: Session, event: ServiceEnded) -> None:
        projections.learn_installation(session, event)

    @handles(InstallationCancelled, queue="preinstall.on_installation_cancelled")
    def on_installation_cancelled(self, session: Session, event: InstallationCancelled) -> None:
        projections.learn_cancelled(session, event)
