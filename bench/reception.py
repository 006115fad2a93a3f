"""What somebody who looks through requests asks, each question as the service answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bench.office import Question
from bench.population import STARTED
from bench.requested import Requested
from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.paging import cursor_of
from services.preinstall import form, listing, queries, schemas, submitting
from services.preinstall.model import OPEN, Request

SEARCHED = ("garcia", "garcia maria", "luna estr", "zumaran", "gar", "hidalgo 12", "nobody")


class Reception:
    """Of the largest company."""

    def __init__(self, database: Database, requested: Requested) -> None:
        self._database, self._company_id = database, requested.first
        with database.begin(self._company_id) as session:
            unasked = [{"kind": kind, "required": False, "asked": True} for kind in ("id_front", "id_back")]
            unasked.append({"kind": "proof_of_address", "required": False, "asked": True})
            form.change_form_settings(session, documents=unasked)
        with database.read(self._company_id) as session:
            self._known = list(session.scalars(select(Request).where(Request.state != OPEN).limit(400)))
        self._sent = 0

    def lists(self) -> dict[str, Question]:
        month = {"from_on": "2024-05-01", "to_on": "2024-05-31"}
        deep = cursor_of([STARTED - timedelta(days=900), self._company_id])
        sorts = ("person", "-city", "source", "state")
        return {
            "requests": self._by(),
            "requests halfway": self._by(after=deep),
            "requests halfway back": self._by(before=deep),
            "open": self._by(state="open"),
            "rejected": self._by(state="rejected"),
            "of a source": self._by(source="facebook"),
            "of a city": self._by(city="tepoztlan"),
            "of a month": self._by(**month),
            "duplicates only": self._by(duplicated=True),
            "open duplicates": self._by(state="open", duplicated=True),
            **{f"requests by {sort}": self._by(sort=sort) for sort in sorts},
            "one request": lambda turn: self._read(
                lambda session: queries.get_request(session, request_id=self._one(turn).id), schemas.Request()
            ),
            "counts": lambda _: self._read(queries.summary, schemas.Summary()),
        }

    def searches(self) -> dict[str, Question]:
        known = {
            name: (lambda turn, name=name: self._by(search=str(getattr(self._one(turn), name)))(0))
            for name in ("phone", "official_id", "email", "person", "tracking_number")
        }
        return {
            **known,
            **{f"'{word}'": self._by(search=word) for word in SEARCHED},
            "'garcia' by person": self._by(search="garcia", sort="person"),
            "'zumaran' by person": self._by(search="zumaran", sort="person"),
            "'garcia' of the open ones": self._by(search="garcia", state="open"),
            "'luna' of a source": self._by(search="luna", source="facebook"),
        }

    def saves(self) -> dict[str, Question]:
        return {"submit": self._submit, "reject": self._reject}

    def _one(self, turn: int) -> Request:
        return self._known[turn % len(self._known)]

    def _by(self, **asked: Any) -> Question:
        return lambda _: self._read(
            lambda session: listing.list_requests(session, **schemas.RequestSearch().load(asked)), schemas.Requests()
        )

    def _read(self, ask: Callable[[Any], Any], gives: Any) -> Any:
        with self._database.read(self._company_id) as session:
            return gives.dump(ask(session))

    def _submit(self, _turn: int) -> None:
        self._sent += 1
        told = {
            "request_id": str(new_id()), "first_name": "María", "last_name": "García Luna", "city": "Tepoztlán",
            "email": f"new{self._sent}@example.net", "address": f"Calle Encino {self._sent}",
            "phone": f"+52 778 {self._sent:07}",
        }  # fmt: skip
        with self._database.begin(self._company_id) as session:
            submitting.submit(session, at=STARTED, **schemas.Submit().load(told))

    def _reject(self, _turn: int) -> None:
        with self._database.begin(self._company_id) as session:
            first = (
                select(Request.id).where(Request.state == OPEN).order_by(Request.submitted_at.desc(), Request.id.desc())
            )
            request_id = session.scalar(first.limit(1))
            submitting.reject(session, request_id=request_id, reason="Sin cobertura", at=STARTED)
