"""The declarations that a service is made of, and the decorators that write them down."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import marshmallow

from chassis.messages import Event
from chassis.schemas import Schema

SchemaLike = type[marshmallow.Schema] | marshmallow.Schema
_MARK = "__alta_declarations__"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A command (`writes`) or a question. `gives` None: the answer is JSON-ready as it is."""

    name: str
    takes: marshmallow.Schema
    gives: marshmallow.Schema | None
    writes: bool
    before: str | None = None
    public: bool = False
    clients: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Handles:
    name: str
    event: type[Event]
    queue: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """`attempts` None: tried for ever. `failed` names the method that is committed when it is given up."""

    name: str
    kind: str
    attempts: int | None
    failed: str | None
    longest_pause: float
    together: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    name: str
    seconds: float
    lease: str


Declaration = Method | Handles | Works | Every


def command(
    *,
    takes: SchemaLike | None = None,
    gives: SchemaLike | None = None,
    before: str | None = None,
    public: bool = False,
    clients: bool = False,
) -> Callable[[Any], Any]:
    """Answers by RPC in one write transaction, which also keeps the answer for the idempotency key.

    `before` names a method that is called with the call outside the transaction, for work that
    waits; it may change `call.data`. `public` leaves `call.session` unscoped: the use case finds out
    whose request it is and calls `chassis.storage.enter_company`. `clients`: a client may ask it, who is
    refused everything else.
    """
    return _declare(
        lambda name: Method(
            name=name,
            takes=_taken(takes),
            gives=_instance(gives),
            writes=True,
            before=before,
            public=public,
            clients=clients,
        )
    )


def query(
    *,
    takes: SchemaLike | None = None,
    gives: SchemaLike | None = None,
    public: bool = False,
    clients: bool = False,
) -> Callable[[Any], Any]:
    """Answers by RPC from a read-only session. `clients` as for a command."""
    return _declare(
        lambda name: Method(
            name=name, takes=_taken(takes), gives=_instance(gives), writes=False, public=public, clients=clients
        )
    )


def handles(event: type[Event], *, queue: str) -> Callable[[Any], Any]:
    """Hears an event, from a queue whose name is written down: `method(session, event)`."""
    return _declare(lambda name: Handles(name=name, event=event, queue=queue))


def works(
    kind: str,
    *,
    attempts: int | None = 6,
    failed: str | None = None,
    longest_pause: float = 300.0,
    together: int = 1,
) -> Callable[[Any], Any]:
    """Does jobs of one kind outside any transaction: `method(job)`, or `method(jobs)` where up to so many of a lane
    are done `together`; see `chassis.jobs.runner`. `longest_pause` in seconds."""
    return _declare(
        lambda name: Works(
            name=name,
            kind=kind,
            attempts=attempts,
            failed=failed,
            longest_pause=longest_pause,
            together=together,
        )
    )


def every(*, seconds: float, lease: str) -> Callable[[Any], Any]:
    """Is called by the clock, on one replica at a time: `method(at)`."""
    return _declare(lambda name: Every(name=name, seconds=seconds, lease=lease))


def _declare(make: Callable[[str], Declaration]) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        setattr(function, _MARK, [*getattr(function, _MARK, ()), make(function.__name__)])
        return function

    return mark


def declarations(service: type[Any]) -> Iterator[Declaration]:
    names = dict.fromkeys(name for owner in reversed(service.__mro__) for name in vars(owner))
    for name in names:
        yield from getattr(getattr(service, name, None), _MARK, ())


def _taken(schema: SchemaLike | None) -> marshmallow.Schema:
    """A method that takes nothing refuses everything."""
    return _instance(schema) or Schema()


def _instance(schema: SchemaLike | None) -> marshmallow.Schema | None:
    return schema() if isinstance(schema, type) else schema
