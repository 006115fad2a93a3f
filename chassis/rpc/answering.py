"""Answering one command or question: from the bytes' meaning to the answer, with no broker in sight.

A command: its data is checked; `before` runs; then one transaction holds the idempotency key, the use
case and its answer. A question: a read-only session. Whatever goes wrong becomes one of the closed set
of refusals; a mistake of ours becomes `Internal` and tells nothing but the correlation id.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from chassis import idempotency, metrics
from chassis.auditing import Recording
from chassis.calls import CLIENT, Call, read_call
from chassis.correlation import caused_by
from chassis.crashpoints import reached
from chassis.errors import Conflict, Internal, NotAllowed, NotFound, Permanent, Refusal, Transient, Unavailable
from chassis.schemas import load
from chassis.service import Method, Service
from chassis.storage.dialect import is_database_away

ATTEMPTS = 2  # of a transaction that lost a race
_LOST_RACES = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock

log = structlog.get_logger()


class _Replayed(Exception):
    """The request was answered before."""

    def __init__(self, result: Any) -> None:
        self.result = result


class Answering:
    """Answers for one service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def answer(self, method: str, context: Mapping[str, Any], data: Any) -> Any:
        """What the method gives, ready for JSON; raises a `Refusal` and nothing else."""
        line = _Line(method, known=method in self._service.methods)
        with caused_by(correlation_id=None, causation_id=None):
            try:
                call = read_call(context)
                line.tells_of(call)
                return self._answer(self._declared(method), call, data)
            except _Replayed as replayed:
                line.outcome = "replayed"
                return replayed.result
            except Refusal as refusal:
                line.refuses(refusal)
                raise
            except Exception as error:
                refusal = _as_refusal(error)
                line.refuses(refusal, error)
                raise refusal from error
            finally:
                line.write()

    def _declared(self, method: str) -> Method:
        try:
            return self._service.methods[method]
        except KeyError:
            raise NotFound("method-not-found", method=method) from None

    def _answer(self, method: Method, call: Call, data: Any) -> Any:
        if call.company_id is None and not method.public:
            raise NotAllowed("company-missing")
        if call.actor.kind == CLIENT and not method.clients:
            raise NotAllowed("not-for-clients")
        call.data = load(method.takes, data)
        if method.writes:
            return self._perform(method, call, data)
        with self._reading(method, call) as call.session:
            return self._given(method, getattr(self._service, method.name)(call))

    # ---- commands

    def _perform(self, method: Method, call: Call, request: Any) -> Any:
        place = f"command.{self._service.name}.{method.name}"
        reached(f"{place}.received")
        if method.before:
            self._refuse_replay(method, call, request)
            getattr(self._service, method.before)(call)
        result = self._in_transaction(method, call, request, place)
        reached(f"{place}.committed")
        return result

    def _refuse_replay(self, method: Method, call: Call, request: Any) -> None:
        """Before the work that waits: its traces (a file that was adopted) may be gone by the second time."""
        if call.idempotency_key is None:
            return
        with self._service.database.begin_unscoped() as session:
            _claim(session, method, call, request)
            session.rollback()

    def _in_transaction(self, method: Method, call: Call, request: Any, place: str) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._writing(method, call) as call.session:
                    recording = Recording(call.session)
                    result = self._with_kept_answer(method, call, request)
                    if call.actor.kind != "system":
                        name = f"{self._service.name}.{method.name}"
                        recording.write(actor=call.actor, method=name, at=call.at, correlation_id=call.correlation_id)
                    call.session.flush()
                    reached(f"{place}.before_commit")
                return result
            except DBAPIError as error:
                if attempt == ATTEMPTS or not _lost_a_race(error):
                    raise
                log.info("command-lost-a-race", method=method.name, error=str(error.orig))
        raise AssertionError("unreachable")

    def _with_kept_answer(self, method: Method, call: Call, request: Any) -> Any:
        if call.idempotency_key is None:
            return self._given(method, getattr(self._service, method.name)(call))
        _claim(call.session, method, call, request)
        result = self._given(method, getattr(self._service, method.name)(call))
        idempotency.store(call.session, company_id=call.company_id, key=call.idempotency_key, response=result)
        return result

    # ---- both

    def _writing(self, method: Method, call: Call) -> contextlib.AbstractContextManager[Session]:
        database = self._service.database
        return database.begin_unscoped() if _unscoped(method, call) else database.begin(call.company_id)

    def _reading(self, method: Method, call: Call) -> contextlib.AbstractContextManager[Session]:
        database = self._service.database
        return database.read_unscoped() if _unscoped(method, call) else database.read(call.company_id)

    def _given(self, method: Method, result: Any) -> Any:
        """Dumped inside the transaction, while what is lazy can still be read."""
        if method.gives is None or result is None:
            return orjson.loads(orjson.dumps(result, option=orjson.OPT_NON_STR_KEYS))  # column names are no plain str
        return method.gives.dump(result)


class _Line:
    """The one line, and the one measurement, that tell of a request."""

    def __init__(self, method: str, *, known: bool) -> None:
        self.outcome = "ok"
        self._started = time.perf_counter()
        self._method, self._label = method, method if known else "unknown"
        self._facts: dict[str, Any] = {}
        self._mistake: Exception | None = None

    def tells_of(self, call: Call) -> None:
        structlog.contextvars.bind_contextvars(correlation_id=call.correlation_id)
        company = call.company_id and str(call.company_id)
        self._facts |= {"company_id": company, "actor": call.actor.id or call.actor.kind}

    def refuses(self, refusal: Refusal, error: Exception | None = None) -> None:
        """Only a mistake of ours is told with its traceback; of what was refused, names and no content."""
        self.outcome = refusal.kind
        self._facts |= {"code": refusal.code, "fields": sorted(refusal.fields)}
        self._mistake = error if isinstance(refusal, Internal) else None

    def write(self) -> None:
        seconds = time.perf_counter() - self._started
        metrics.RPC_SECONDS.labels(self._label, self.outcome).observe(seconds)
        write = log.error if self._mistake is not None else log.info
        facts = {"method": self._method, "outcome": self.outcome, "ms": round(seconds * 1000, 1), **self._facts}
        write("rpc", exc_info=self._mistake, **facts)


def _claim(session: Session, method: Method, call: Call, request: Any) -> None:
    """Raises `_Replayed` with the kept answer, and `Conflict` when the key came with another request."""
    kept = idempotency.claim(
        session, company_id=call.company_id, key=call.idempotency_key, method=method.name, request=request
    )
    if kept is not None:
        raise _Replayed(kept.response)


def _unscoped(method: Method, call: Call) -> bool:
    return method.public and call.company_id is None


def _lost_a_race(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) or getattr(error.orig, "pgcode", None) in _LOST_RACES


def _as_refusal(error: Exception) -> Refusal:
    match error:
        case Transient():
            return Unavailable(error.code, **error.params)
        case Permanent():
            return Conflict(error.code, **error.params)
        case _ if is_database_away(error):
            return Unavailable("database-away")
        case DBAPIError() if _lost_a_race(error):
            return Conflict("conflict")
    correlation_id = structlog.contextvars.get_contextvars().get("correlation_id")
    return Internal("internal-error", correlation_id=correlation_id)
