"""What somebody who looks through requests asks, each question as the service answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bench.asking import Question, answering, in_turn
from bench.office import NAMESAKES, SPREAD
from bench.people import ONCE, PAIR, SELDOM, SELDOM_WAITING, STARTED
from bench.requested import Requested
from chassis.identifiers import new_id
from chassis.storage import Database
from chassis.storage.paging import cursor_of
from services.preinstall import form, listing, queries, schemas, submitting
from services.preinstall.model import OPEN, Request

COMMON = ("garcia", "garcia maria", "garcia tepoz", "morales", "gar")
"""A page of any company's requests has them."""
RARE = (SELDOM, f"maria {SELDOM}", " ".join(PAIR), ONCE, "nobody", "garcia nobody")
"""As many of any company's requests have them."""


class Reception:
    """Of the largest company."""

    def __init__(self, database: Database, requested: Requested) -> None:
        self._database = database
        self._company_id, size = requested.companies[0]
        with database.begin(self._company_id) as session:
            unasked = [{"kind": kind, "required": False, "asked": True} for kind in ("id_front", "id_back")]
            unasked.append({"kind": "proof_of_address", "required": False, "asked": True})
            form.change_form_settings(session, documents=unasked)
        with database.read(self._company_id) as session:
            # From all over the table, as people are asked for.
            spread = [f"r{number}@example.net" for number in range(1, size, size // SPREAD)]
            theirs = select(Request).where(Request.state != OPEN, Request.email.in_(spread))
            self._known = list(session.scalars(theirs.order_by(func.md5(Request.tracking_number))))
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
        words = {f"'{words}'".lower(): self._by(search=words) for words in (*COMMON, *RARE)}
        narrowed = {
            "'garcia' by person": self._by(search="garcia", sort="person"),
            "'morales' by person": self._by(search="morales", sort="person"),
            "'tepoz' of the open ones": self._by(search="tepoz", state="open"),
            "'garcia' of a source": self._by(search="garcia", source="facebook"),
            f"'{SELDOM_WAITING}' of the open ones".lower(): self._by(search=SELDOM_WAITING, state="open"),
        }
        for rare in (SELDOM, " ".join(PAIR)):
            narrowed[f"'{rare}' by person".lower()] = self._by(search=rare, sort="person")
        return self._of_one() | words | narrowed

    def _of_one(self) -> dict[str, Question]:
        """What a person is known by, of which each finds one request; and names that some have."""
        known = {
            name: [str(getattr(request, name)) for request in self._known]
            for name in ("phone", "official_id", "email", "tracking_number")
        }
        questions = {
            name: in_turn(answering(texts, self._search, rows=1), self._search) for name, texts in known.items()
        }
        for many in (1, NAMESAKES):
            names = answering(self._names_of(many), self._search, rows=many)
            questions[f"full name of {many}"] = in_turn(names, self._search)
        return questions

    def _names_of(self, many: int) -> list[str]:
        """Full names that so many requests have."""
        named = select(Request.sort_name).group_by(Request.sort_name).having(func.count() == many)
        with self._database.read(self._company_id) as session:
            return list(session.scalars(named.order_by(func.md5(Request.sort_name)).limit(SPREAD)))

    def _search(self, text: str) -> Any:
        return self._by(search=text)(0)

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
