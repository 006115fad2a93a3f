"""The installations service: what it answers, and what it listens to."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from chassis.calls import Call
from chassis.exporting import ExportsLists
from chassis.images import Documents
from chassis.service import Service, command, every, handles
from chassis.storage.tallies import sum_up
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
    answers,
    changing,
    ending,
    filing,
    projections,
    schemas,
)
from services.installations.exporting import EXPORTED
from services.installations.model import Base, Export, InstallationTally
from services.installations.settings import InstallationsSettings


class Installations(
    answers.CatalogueAnswers,
    answers.AgendaAnswers,
    answers.ListAnswers,
    answers.OnSiteAnswers,
    answers.BulkAnswers,
    answers.SheetAnswers,
    answers.FileAnswers,
    answers.EndingAnswers,
    answers.ClientAnswers,
    answers.ImportAnswers,
    ExportsLists,
    Service,
):
    name = "installations"
    base = Base
    export_table = Export
    exported = EXPORTED
    settings_class = InstallationsSettings

    @cached_property
    def documents(self) -> Documents:
        return Documents(self.files)

    def close(self) -> None:
        for opened in {"documents", "logo_painter", "painter", "press", "printer", "table_reader"} & vars(self).keys():
            getattr(self, opened).close()
        super().close()

    # From a job to a client.

    @command(takes=schemas.OneInstallation, gives=schemas.Activating)
    def activate(self, call: Call) -> Any:
        return activation.activate(call.session, at=call.at, **call.data)

    @command(takes=schemas.ActivateMany, gives=schemas.Attempts)
    def activate_many(self, call: Call) -> Any:
        return {"rows": activation.activate_many(call.session, at=call.at, **call.data)}

    @every(seconds=60, lease="installations.give-up-activations")
    def give_up_activations(self, at: datetime) -> None:
        patience = timedelta(minutes=self.settings.activation_minutes)
        with self.database.read_unscoped() as session:
            stuck = activation.stuck(session, at=at, patience=patience)
        for each in stuck:
            with self.database.begin(each.company_id) as session:
                activation.give_up(session, installation_id=each.id, activation_id=each.activation_id)

    @every(seconds=60, lease="installations.end-due-services")
    def end_due_services(self, at: datetime) -> None:
        with self.database.read_unscoped() as session:
            due = ending.due(session, at=at)
        for each in due:
            with self.database.begin(each.company_id) as session:
                ending.end_due(session, installation_id=each.id, at=at)

    @every(seconds=60, lease="installations.sum-up-tallies")
    def sum_up_tallies(self, at: datetime) -> None:
        sum_up(self.database, InstallationTally)

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
        ending.not_removed(session, event)

    @handles(ProvisioningFailed, queue="installations.on_provisioning_failed")
    def on_provisioning_failed(self, session: Session, event: ProvisioningFailed) -> None:
        activation.fail(
            session,
            installation_id=event.installation_id,
            activation_id=event.activation_id,
            reason_code=event.reason_code,
            reason_params=event.reason_params,
        )
