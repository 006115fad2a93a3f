"""Everything that the provisioning service answers, hears and does, on one screen."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.calls import Call
from chassis.jobs import Job
from chassis.service import Service, command, every, handles, query, works
from events.billing import ReconnectionDue, SuspensionDue
from events.installations import (
    InstallationActivationRequested,
    InstallationCancelled,
    ServiceChanged,
    ServiceEndRequested,
    ServiceEndWithdrawn,
)
from services.provisioning import (
    activation,
    adjusting,
    adopting,
    bulk,
    bulk_schemas,
    checking,
    comparing,
    finding,
    model,
    outages,
    pools,
    queries,
    reading_addresses,
    reconciling,
    registering,
    removing,
    schemas,
    verifying,
    watching,
    working,
)
from services.provisioning.model import RECONNECT, SUSPEND
from services.provisioning.preparing import endpoint_of
from services.provisioning.routers import KeptConnections
from services.provisioning.settings import ProvisioningSettings
from services.provisioning.working import Workshop

READS_PASSWORDS = frozenset({"owner", "office", "technician"})


class Provisioning(Service):
    name = "provisioning"
    base = model.Base
    settings_class = ProvisioningSettings
    # They wait for routers more than they work, and a router that is off must not keep others waiting.
    jobs_at_once = 32

    @cached_property
    def connections(self) -> KeptConnections:
        return KeptConnections()

    def close(self) -> None:
        self.connections.close()
        super().close()

    # Questions and commands of staff.

    @query(takes=schemas.Nothing, gives=schemas.Summary)
    def summary(self, call: Call) -> Any:
        return queries.summary(call.session)

    @query(takes=schemas.RouterSearch, gives=schemas.RouterPage)
    def list_routers(self, call: Call) -> Any:
        return queries.list_routers(call.session, **call.data)

    @query(takes=schemas.RouterRef, gives=schemas.RouterView)
    def get_router(self, call: Call) -> Any:
        return queries.get_router(call.session, **call.data)

    @command(takes=schemas.SaveRouter, gives=schemas.RouterView)
    def save_router(self, call: Call) -> Any:
        return registering.save(call.session, keyring=self.keyring, at=call.at, **call.data)

    @command(takes=schemas.RouterRef, gives=schemas.TestView, before="check_router")
    def test_router(self, call: Call) -> Any:
        return outages.note_checks(call.session, at=call.at, **call.data)

    def check_router(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            router = queries.get_router(session, call.data["router_id"])
            endpoint, needs = endpoint_of(router, self.keyring), checking.needs_of(router)
        call.data["checks"] = checking.check(endpoint, needs)

    @command(takes=schemas.RouterRef, gives=schemas.ComparisonView, before="look_at_router")
    def compare_router(self, call: Call) -> Any:
        watching.note(call.session, at=call.at, **call.data)
        return call.data["expected"].told(call.data["found"])

    def look_at_router(self, call: Call) -> None:
        router_id = call.data["router_id"]
        with self.database.read(call.company_id) as session:
            expected = reconciling.expected_on(session, router_id, self.keyring)
        with self.connections.use(router_id, expected.endpoint, waited_for=True) as router:
            found = comparing.compare(router, expected.services, expected.installations.keys())
        call.data |= {"expected": expected, "found": found}

    @command(takes=schemas.Nothing, gives=schemas.Repairing)
    def compare_all(self, call: Call) -> Any:
        return {"asked": watching.begin_all(call.session)}

    @query(takes=schemas.FindDifferences, gives=schemas.DifferencePage)
    def list_differences(self, call: Call) -> Any:
        page = watching.list_found(call.session, **call.data)
        return {"rows": page.rows, "next": page.next, "counts": watching.counts(call.session)}

    @every(seconds=60, lease="provisioning.compare-routers")
    def compare_due(self, at: datetime) -> None:
        with self.database.read_unscoped() as session:
            due = watching.due(session, at=at)
        for router in due:
            with self.database.begin(router.company_id) as session:
                watching.begin(session, router_id=router.id, at=at)

    @command(takes=schemas.RepairRouter, gives=schemas.Repairing)
    def repair_router(self, call: Call) -> Any:
        return {"asked": watching.repair(call.session, at=call.at, **call.data)}

    # Pools of addresses.

    @query(takes=schemas.OfRouter, gives=schemas.Pools)
    def list_pools(self, call: Call) -> Any:
        return {"rows": pools.list_pools(call.session, **call.data)}

    @command(takes=schemas.SavePool, gives=schemas.PoolRef)
    def save_pool(self, call: Call) -> Any:
        return pools.save(call.session, **call.data)

    @command(takes=schemas.RouterRef)
    def read_pools(self, call: Call) -> Any:
        pools.ask(call.session, **call.data)
        return {}

    @command(takes=schemas.RouterRef, gives=schemas.PoolSuggestions, before="look_for_pools")
    def suggest_pools(self, call: Call) -> Any:
        return {"rows": call.data["found"]}

    def look_for_pools(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            endpoint = endpoint_of(queries.get_router(session, call.data["router_id"]), self.keyring)
        with self.connections.use(call.data["router_id"], endpoint, waited_for=True) as router:
            call.data["found"] = reading_addresses.suggestions(router)

    # What was there before Alta.

    @command(takes=schemas.RouterRef, gives=schemas.FoundServices, before="look_for_services")
    def find_services(self, call: Call) -> Any:
        return {"rows": call.data["found"]}

    @command(takes=schemas.Adopt, gives=schemas.Adopted, before="look_for_services")
    def adopt_services(self, call: Call) -> Any:
        found = {each.row_id: each for each in call.data.pop("found")}
        return {"rows": adopting.adopt(call.session, keyring=self.keyring, at=call.at, found=found, **call.data)}

    def look_for_services(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            router = queries.get_router(session, call.data["router_id"])
            mode, endpoint = router.mode, endpoint_of(router, self.keyring)
        with self.connections.use(call.data["router_id"], endpoint, waited_for=True) as connection:
            call.data["found"] = finding.found_on(connection, mode)

    # Services of clients.

    @query(takes=schemas.InstallationRef, gives=schemas.AccountView)
    def account(self, call: Call) -> Any:
        reads = call.actor.kind == "staff" and call.actor.role in READS_PASSWORDS
        return queries.account(call.session, keyring=self.keyring, with_password=reads, **call.data)

    @query(takes=schemas.InstallationRef, gives=schemas.StandingView, clients=True)
    def standing_for_client(self, call: Call) -> Any:
        return queries.standing(call.session, call.data["installation_id"])

    @query(takes=schemas.AccountSearch, gives=schemas.AccountPage)
    def list_accounts(self, call: Call) -> Any:
        return queries.list_accounts(call.session, **call.data)

    @command(takes=schemas.InstallationRef, gives=schemas.AdjustmentView)
    def suspend(self, call: Call) -> Any:
        return adjusting.adjust(call.session, operation=SUSPEND, **call.data)

    @command(takes=schemas.InstallationRef, gives=schemas.AdjustmentView)
    def reconnect(self, call: Call) -> Any:
        return adjusting.adjust(call.session, operation=RECONNECT, **call.data)

    @command(takes=schemas.InstallationRef, gives=schemas.AdjustmentView)
    def retry(self, call: Call) -> Any:
        return adjusting.adjust(call.session, operation=None, **call.data)

    @command(takes=schemas.InstallationRef, gives=schemas.AdjustmentView)
    def remove(self, call: Call) -> Any:
        return removing.remove(call.session, **call.data)

    @command(takes=schemas.InstallationRef, gives=schemas.Verification, before="look_at_service")
    def verify(self, call: Call) -> Any:
        return verifying.note(call.session, at=call.at, **call.data)

    def look_at_service(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            work = verifying.begin(session, keyring=self.keyring, **call.data)
        with self.connections.use(work.router_id, work.endpoint, waited_for=True) as router:
            call.data = {"account_id": work.account_id, "checks": verifying.verify(router, work.service)}

    # Many services at once.

    @query(takes=bulk_schemas.BeginBulk, gives=bulk_schemas.BulkPreview)
    def preview_bulk(self, call: Call) -> Any:
        return bulk.preview(call.session, **call.data)

    @command(takes=bulk_schemas.BeginBulk, gives=bulk_schemas.BulkBegun)
    def begin_bulk(self, call: Call) -> Any:
        return bulk.begin(call.session, actor=call.actor, at=call.at, **call.data)

    @command(takes=bulk_schemas.BulkRef, gives=bulk_schemas.BulkBegun)
    def pause_bulk(self, call: Call) -> Any:
        return bulk.pause(call.session, **call.data)

    @command(takes=bulk_schemas.BulkRef, gives=bulk_schemas.BulkBegun)
    def resume_bulk(self, call: Call) -> Any:
        return bulk.resume(call.session, **call.data)

    @command(takes=bulk_schemas.BulkRef, gives=bulk_schemas.BulkBegun)
    def stop_bulk(self, call: Call) -> Any:
        return bulk.stop(call.session, at=call.at, **call.data)

    @query(takes=schemas.ListPage, gives=bulk_schemas.BulkPage)
    def list_bulks(self, call: Call) -> Any:
        return bulk.list_operations(call.session, **call.data)

    @query(takes=bulk_schemas.BulkRef, gives=bulk_schemas.BulkView)
    def get_bulk(self, call: Call) -> Any:
        return bulk.get(call.session, **call.data)

    @query(takes=bulk_schemas.ListBulkItems, gives=bulk_schemas.BulkItems)
    def list_bulk_items(self, call: Call) -> Any:
        return bulk.list_items(call.session, **call.data)

    @works(bulk.WORK_OFF, attempts=None)
    def work_off_bulk(self, job: Job) -> Any:
        operation_id = UUID(job.payload["operation_id"])
        return lambda session: bulk.work_off(session, operation_id=operation_id, at=clock.now())

    # Work that waits.

    @query(takes=schemas.ListJobs, gives=schemas.JobPage)
    def list_jobs(self, call: Call) -> Any:
        return queries.list_jobs(call.session, **call.data)

    @command(takes=schemas.JobRef)
    def forget_job(self, call: Call) -> Any:
        queries.forget_job(call.session, **call.data)
        return {}

    # What happens elsewhere.

    @handles(InstallationActivationRequested, queue="provisioning.on_activation_requested")
    def on_activation_requested(self, session: Session, event: InstallationActivationRequested) -> None:
        activation.request(session, event=event, keyring=self.keyring)

    @handles(InstallationCancelled, queue="provisioning.on_installation_cancelled")
    def on_installation_cancelled(self, session: Session, event: InstallationCancelled) -> None:
        removing.cancel(session, event=event)

    @handles(ServiceChanged, queue="provisioning.on_service_changed")
    def on_service_changed(self, session: Session, event: ServiceChanged) -> None:
        adjusting.change(session, event=event)

    @handles(ServiceEndRequested, queue="provisioning.on_service_end_requested")
    def on_service_end_requested(self, session: Session, event: ServiceEndRequested) -> None:
        removing.end(session, event=event)

    @handles(ServiceEndWithdrawn, queue="provisioning.on_service_end_withdrawn")
    def on_service_end_withdrawn(self, session: Session, event: ServiceEndWithdrawn) -> None:
        adjusting.keep(session, event=event)

    @handles(SuspensionDue, queue="provisioning.on_suspension_due")
    def on_suspension_due(self, session: Session, event: SuspensionDue) -> None:
        adjusting.suspend_due(session, event=event)

    @handles(ReconnectionDue, queue="provisioning.on_reconnection_due")
    def on_reconnection_due(self, session: Session, event: ReconnectionDue) -> None:
        adjusting.reconnect_due(session, event=event)

    # Work on routers.

    @works(activation.APPLY, attempts=5, failed="apply_failed")
    def apply(self, job: Job) -> Any:
        return self._workshop.apply(job)

    def apply_failed(self, session: Session, job: Job, error: Exception) -> None:
        working.apply_failed(session, job, error)

    @works(adjusting.ADJUST, attempts=None, failed="adjust_failed", together=50)
    def adjust(self, jobs: list[Job]) -> Any:
        return self._workshop.adjust(jobs)

    def adjust_failed(self, session: Session, job: Job, error: Exception) -> None:
        working.adjust_failed(session, job, error)

    @works(watching.COMPARE, attempts=None)
    def compare(self, job: Job) -> Any:
        return self._workshop.compare(job)

    @works(pools.READ, attempts=None)
    def read_addresses(self, job: Job) -> Any:
        return self._workshop.read_addresses(job)

    @works(outages.KNOCK, attempts=None, longest_pause=outages.LONGEST_PAUSE)
    def knock(self, job: Job) -> Any:
        return self._workshop.knock(job)

    @works(removing.WITHDRAW, attempts=None, failed="withdraw_failed")
    def withdraw(self, job: Job) -> Any:
        return self._workshop.withdraw(job)

    def withdraw_failed(self, session: Session, job: Job, error: Exception) -> None:
        working.withdraw_failed(session, job, error)

    @property
    def _workshop(self) -> Workshop:
        return Workshop(self.database, self.connections, self.keyring)
