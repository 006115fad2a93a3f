"""Zones, sectors, plans, addresses, and clients on their way from plan to plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.calls import Call
from chassis.jobs import Job
from chassis.service import command, query, works
from chassis.storage import Database
from services.installations import (
    addresses,
    catalogue,
    moving_plans,
    proposing,
    queries,
    schemas,
)


class CatalogueAnswers:
    """Entries of the service: one call each."""

    database: Database

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
        return proposing.propose(call.session, **call.data)

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
        return moving_plans.begin(call.session, actor=call.actor, at=call.at, **call.data)

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
