"""The parcels service as a process of its own: `python -m tests.chassis.parcel_service [run|migrate|...]`."""

from __future__ import annotations

if __name__ == "__main__":
    from chassis.green import make_green

    make_green()  # `chassis.host` does it for services/<name> alone

import os
import time
from pathlib import Path
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import select

from chassis import host
from chassis.errors import Conflict, NotFound, Transient
from chassis.jobs import enqueue
from chassis.outbox import announce
from chassis.schemas import Schema
from chassis.service import Service, command, handles, query, works
from chassis.storage import enter_company, find
from tests.chassis.parcels import Base, Parcel, ParcelSent, sent


class Send(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True, validate=validate.Length(max=20))


class ParcelView(Schema):
    id = fields.UUID()
    name = fields.String()
    sent_at = fields.AwareDateTime()


class NameTaken(Conflict):
    code = "name-taken"


class Parcels(Service):
    name = "parcels"
    base = Base

    @command(takes=Send, gives=ParcelView)
    def send(self, call: Any) -> Parcel:
        if call.session.scalar(select(Parcel.id).where(Parcel.name == call.data["name"])):
            raise NameTaken(name=call.data["name"])
        parcel = Parcel(**call.data)
        call.session.add(parcel)
        call.session.flush()
        announce(call.session, sent(parcel), entity_version=1)
        return parcel

    @command(takes=Send, gives=ParcelView)
    def send_slowly(self, call: Any) -> Parcel:
        room = Path(os.environ["PARCELS_ROOM"])
        (room / "sending").touch()
        while not (room / "go").exists():
            time.sleep(0.02)
        return self.send(call)

    @query(takes=Send(only=["id"]), gives=ParcelView)
    def get(self, call: Any) -> Parcel:
        return find(call.session, Parcel, call.data["id"])

    @query(takes=Schema.from_dict({"seconds": fields.Float(load_default=0.0)}), clients=True)
    def echo(self, call: Any) -> Any:
        time.sleep(call.data["seconds"])
        return {"actor": call.actor.name, "locale": call.locale}

    @command(takes=Send, gives=ParcelView, before="weigh")
    def send_weighed(self, call: Any) -> Parcel:
        return self.send(call)

    def weigh(self, call: Any) -> None:
        assert call.session is None
        self.weighed = [*getattr(self, "weighed", ()), call.data["name"]]
        call.data["name"] += " 2 kg"

    @query(takes=Send(only=["name"]), gives=ParcelView, public=True)
    def track(self, call: Any) -> Parcel:
        parcel = call.session.scalars(select(Parcel).where(Parcel.name == call.data["name"])).one_or_none()
        if parcel is None:
            raise NotFound("parcel-not-found")
        return parcel

    @command(takes=Send(only=["name"]), public=True)
    def sign_for(self, call: Any) -> Any:
        parcel = self.track(call)
        enter_company(call.session, parcel.company_id)
        parcel.name = "signed"
        return {"company_id": parcel.company_id}

    @command(takes=Send)
    def count_up(self, call: Any) -> Any:
        """Loses a race as long as there is one to lose."""
        self.tried = getattr(self, "tried", 0) + 1
        if self.tried <= call.data["name"].count("x"):
            call.session.add(Parcel(id=self.taken, name="again"))
            call.session.flush()
        return {"tried": self.tried}

    @query()
    def write_in_a_question(self, call: Any) -> Any:
        call.session.add(Parcel(name="x"))
        call.session.flush()

    @query(gives=Schema.from_dict({"weight": fields.Raw()}))
    def answer_nonsense(self, call: Any) -> Any:
        return {"weight": object()}

    @query()
    def break_down(self, call: Any) -> Any:
        raise LookupError("a detail that nobody outside may see")

    @query()
    def wait_for_others(self, call: Any) -> Any:
        raise Transient("router-offline", router="r1")

    @command(takes=Send)
    def ask_for_work(self, call: Any) -> Any:
        enqueue(call.session, "parcels.write", key=str(call.data["id"]), payload={"name": call.data["name"]})
        return {}

    @works("parcels.write")
    def write(self, job: Any) -> Any:
        Path(os.environ["PARCELS_ROOM"], job.payload["name"]).write_text(str(job.attempt))

    @handles(ParcelSent, queue="parcels.on_parcel_sent")
    def on_parcel_sent(self, session: Any, event: ParcelSent) -> None:
        Path(os.environ["PARCELS_ROOM"], f"heard-{event.name}").touch()


if __name__ == "__main__":
    host.main(Parcels)
