"""Everything that the provisioning service answers, hears and does, on one screen."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from chassis.calls import Call
from chassis.jobs import Job
from chassis.service import Service, command, handles, query, works
from events.installations import InstallationActivationRequested
from services.provisioning import activation, checking, model, outages, queries, registering, schemas, working
from services.provisioning.routers import KeptConnections
from services.provisioning.settings import ProvisioningSettings
from services.provisioning.working import Workshop

READS_PASSWORDS = frozenset({"owner", "office", "technician"})


class Provisioning(Service):
    name = "provisioning"
    base = model.Base
    settings_class = ProvisioningSettings

    @cached_property
    def connections(self) -> KeptConnections:
        return KeptConnections()

    def close(self) -> None:
        self.connections.close()
        super().close()

    # Questions and commands of staff.

    @query(takes=schemas.ListPage, gives=schemas.RouterPage)
    def list_routers(self, call: Call) -> Any:
        return queries.list_routers(call.session, **call.data)

    @query(takes=schemas.RouterRef, gives=schemas.RouterView)
    def get_router(self, call: Call) -> Any:
        return queries.get_router(call.session, **call.data)

    @command(takes=schemas.SaveRouter, gives=schemas.RouterView)
    def save_router(self, call: Call) -> Any:
        return registering.save(call.session, keyring=self.keyring, **call.data)

    @command(takes=schemas.RouterRef, gives=schemas.TestView, before="check_router")
    def test_router(self, call: Call) -> Any:
        return outages.note_checks(call.session, at=call.at, **call.data)

    def check_router(self, call: Call) -> None:
        with self.database.read(call.company_id) as session:
            router = queries.get_router(session, call.data["router_id"])
            endpoint, mode = activation.endpoint_of(router, self.keyring), router.mode
        call.data["checks"] = checking.check(endpoint, mode)

    @query(takes=schemas.InstallationRef, gives=schemas.AccountView)
    def account(self, call: Call) -> Any:
        reads = call.actor.kind == "staff" and call.actor.role in READS_PASSWORDS
        return queries.account(call.session, keyring=self.keyring, with_password=reads, **call.data)

    @query(takes=schemas.ListJobs, gives=schemas.JobPage)
    def list_jobs(self, call: Call) -> Any:
        return queries.list_jobs(call.session, **call.data)

    # What happens elsewhere.

    @handles(InstallationActivationRequested, queue="provisioning.on_activation_requested")
    def on_activation_requested(self, session: Session, event: InstallationActivationRequested) -> None:
        activation.request(session, event=event, keyring=self.keyring)

    # Work on routers.

    @works(activation.APPLY, attempts=5, failed="apply_failed")
    def apply(self, job: Job) -> Any:
        return self._workshop.apply(job)

    def apply_failed(self, session: Session, job: Job, error: Exception) -> None:
        working.give_up(session, job, error)

    @works(activation.WITHDRAW, attempts=None)
    def withdraw(self, job: Job) -> Any:
        return self._workshop.withdraw(job)

    @property
    def _workshop(self) -> Workshop:
        return Workshop(self.database, self.connections, self.keyring)
