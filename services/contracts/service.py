"""Everything that the contracts service answers, hears and does, on one screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from chassis.calls import Call
from chassis.crashpoints import reached
from chassis.jobs import Job
from chassis.service import Service, command, handles, query, works
from events.gateway import CompanyChanged
from events.installations import (
    InstallationActivated,
    InstallationCancelled,
    InstallationChanged,
    InstallationScheduled,
    ServiceChanged,
    ServiceEnded,
)
from services.contracts import (
    activation,
    attaching,
    links,
    portal,
    printing,
    projections,
    queries,
    schemas,
    signing,
    templates,
    writing,
)
from services.contracts.model import Base
from services.contracts.receiving import Receiving
from services.contracts.settings import ContractsSettings
from services.contracts.tags import TAGS
from services.contracts.workshop import Workshop


class Contracts(Service):
    name = "contracts"
    base = Base
    settings_class = ContractsSettings

    def __init__(self, settings: ContractsSettings, **given: Any) -> None:
        super().__init__(settings, **given)
        self.sealing = links.Sealing(own=self.keyring, shared=self.shared_keyring)
        self.receiving = Receiving(self.files)
        self.workshop = Workshop(timeout=settings.render_seconds, memory_mb=settings.render_memory_mb)

    def close(self) -> None:
        self.receiving.close()
        self.workshop.close()
        super().close()

    @query(takes=schemas.Nothing, gives=schemas.Summary)
    def summary(self, call: Call) -> Any:
        return queries.summary(call.session)

    @query(takes=schemas.Paging, gives=schemas.WaitingPage)
    def list_unsigned(self, call: Call) -> Any:
        return queries.list_unsigned(call.session, **call.data)

    # Templates.

    @query(takes=schemas.Paging, gives=schemas.Templates)
    def list_templates(self, call: Call) -> Any:
        return queries.list_templates(call.session, **call.data)

    @query(takes=schemas.Nothing, gives=schemas.Tags)
    def list_tags(self, call: Call) -> Any:
        return {"tags": TAGS}

    @command(takes=schemas.SaveTemplate, gives=schemas.Template)
    def save_template(self, call: Call) -> Any:
        return templates.save_template(call.session, **call.data)

    # Writing.

    @query(takes=schemas.Draft, gives=schemas.Drafted)
    def draft(self, call: Call) -> Any:
        return {"content": writing.draft(call.session, at=call.at, **call.data)}

    @command(takes=schemas.Save, gives=schemas.Saved)
    def save(self, call: Call) -> Any:
        return writing.save(call.session, at=call.at, **call.data)

    @query(takes=schemas.OneInstallation, gives=schemas.Contract)
    def get_for_installation(self, call: Call) -> Any:
        return queries.get_for_installation(call.session, at=call.at, **call.data)

    @query(takes=schemas.OneContract, gives=schemas.Contract)
    def get_contract(self, call: Call) -> Any:
        return queries.get_contract(call.session, at=call.at, **call.data)

    @command(takes=schemas.AddAttachments, gives=schemas.Saved, before="receive_files")
    def add_attachments(self, call: Call) -> Any:
        return attaching.add_attachments(call.session, at=call.at, **call.data)

    @query(takes=schemas.OneAttachment, gives=schemas.OpenedFile)
    def open_attachment(self, call: Call) -> Any:
        return queries.open_attachment(call.session, **call.data)

    # Links.

    @command(takes=schemas.IssueLink, gives=schemas.IssuedLink)
    def issue_link(self, call: Call) -> Any:
        days = self.settings.link_days
        return links.issue_link(call.session, days=days, sealing=self.sealing, at=call.at, **call.data)

    @command(takes=schemas.OneContract, gives=schemas.Done)
    def revoke_link(self, call: Call) -> Any:
        links.revoke_link(call.session, at=call.at, **call.data)
        return {}

    @command(takes=schemas.Token, gives=schemas.ShownContract, public=True)
    def open_link(self, call: Call) -> Any:
        contract = links.open_link(call.session, at=call.at, **call.data)
        return queries.shown_by_link(call.session, contract)

    # Signing.

    @command(takes=schemas.SignByLink, gives=schemas.Signed, public=True, before="receive_signature_by_link")
    def sign_by_link(self, call: Call) -> Any:
        return signing.sign_by_link(call.session, at=call.asked_at, **call.data)

    @command(takes=schemas.SignInPerson, gives=schemas.Signed, before="receive_signature")
    def sign_in_person(self, call: Call) -> Any:
        return signing.sign_in_person(call.session, at=call.asked_at, witness=call.actor.name, **call.data)

    def receive_files(self, call: Call) -> None:
        call.data["files"] = self.receiving.attachments(call.data.pop("attachments"), call.company_id)

    def receive_signature(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            signing.must_be_signable(session, call.data["contract_id"])
        call.data = self.receiving.signature(call.data, call.company_id)

    def receive_signature_by_link(self, call: Call) -> None:
        """Nobody's files are looked at before the link is known to be good."""
        with self.database.read_unscoped() as session:
            company_id = signing.must_be_signable_by(session, call.data["token"], call.asked_at)
        call.data = self.receiving.signature(call.data, company_id)

    # PDFs.

    @command(takes=schemas.OneContract, gives=schemas.PdfAsked)
    def generate_pdf(self, call: Call) -> Any:
        return printing.generate_pdf(call.session, **call.data)

    @query(takes=schemas.OneContract, gives=schemas.OpenedFile)
    def open_pdf(self, call: Call) -> Any:
        return queries.open_pdf(call.session, **call.data)

    @query(takes=schemas.Token, gives=schemas.OpenedFile, public=True)
    def open_pdf_by_link(self, call: Call) -> Any:
        return queries.open_pdf_by_link(call.session, at=call.at, **call.data)

    # What clients see of their own.

    @query(takes=schemas.OneInstallation, gives=schemas.OwnContract, clients=True)
    def contract_for_client(self, call: Call) -> Any:
        return portal.contract_of(call.session, **call.data)

    @command(takes=schemas.OneInstallation, gives=schemas.IssuedLink, clients=True)
    def link_for_client(self, call: Call) -> Any:
        days = self.settings.link_days
        return portal.link_for(call.session, days=days, sealing=self.sealing, at=call.at, **call.data)

    @query(takes=schemas.OneInstallation, gives=schemas.OpenedFile, clients=True)
    def open_pdf_for_client(self, call: Call) -> Any:
        return portal.open_pdf_for(call.session, **call.data)

    # Making PDFs.

    @works(printing.RENDER, attempts=5, failed="render_failed")
    def render_pdf(self, job: Job) -> Callable[[Session], None]:
        contract_id = printing.contract_of(job)
        with self.database.read(job.company_id) as session:
            page = printing.printable(session, contract_id=contract_id)
        pdf = self.workshop.render(page, self.files, job.company_id)
        reached("contracts.pdf_rendered")
        made = self.workshop.keep(pdf, self.files, job.company_id)
        reached("contracts.pdf_adopted")
        return lambda session: printing.pdf_ready(session, contract_id=contract_id, made=made)

    def render_failed(self, session: Session, job: Job, error: Exception) -> None:
        printing.pdf_failed(session, contract_id=printing.contract_of(job))

    # What others tell.

    @handles(CompanyChanged, queue="contracts.on_company_changed")
    def on_company_changed(self, session: Session, event: CompanyChanged) -> None:
        projections.learn_company(session, event)

    @handles(InstallationScheduled, queue="contracts.on_installation_scheduled")
    def on_installation_scheduled(self, session: Session, event: InstallationScheduled) -> None:
        projections.learn_installation(session, event)

    @handles(InstallationChanged, queue="contracts.on_installation_changed")
    def on_installation_changed(self, session: Session, event: InstallationChanged) -> None:
        projections.learn_installation(session, event)

    @handles(ServiceChanged, queue="contracts.on_service_changed")
    def on_service_changed(self, session: Session, event: ServiceChanged) -> None:
        projections.learn_installation(session, event)

    @handles(InstallationActivated, queue="contracts.on_installation_activated")
    def on_installation_activated(self, session: Session, event: InstallationActivated) -> None:
        activation.follow_activation(session, event)

    @handles(InstallationCancelled, queue="contracts.on_installation_cancelled")
    def on_installation_cancelled(self, session: Session, event: InstallationCancelled) -> None:
        activation.follow_cancellation(session, event)

    @handles(ServiceEnded, queue="contracts.on_service_ended")
    def on_service_ended(self, session: Session, event: ServiceEnded) -> None:
        activation.follow_end(session, event)
