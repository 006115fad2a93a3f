"""Declaring a service: what it answers, hears, works off and does by the clock, on one screen.

::

    class Installations(Service):
        name = "installations"
        base = model.Base
        settings_class = InstallationsSettings

        @command(takes=schemas.Schedule, gives=schemas.Scheduled)
        def schedule(self, call):
            return scheduling.schedule(call.session, by=call.actor, at=call.at, **call.data)

Nothing of Nameko, kombu or eventlet is imported here: `chassis.host` runs what was declared.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import marshmallow
from sqlalchemy.orm import DeclarativeBase

from chassis.messages import Event
from chassis.schemas import Schema
from chassis.settings import ServiceSettings
from chassis.storage import Database

if TYPE_CHECKING:
    from chassis.files import FileStore
    from chassis.secrets import Keyring

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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    name: str
    seconds: float
    lease: str


Declaration = Method | Handles | Works | Every


def command(
    *, takes: SchemaLike | None = None, gives: SchemaLike | None = None, before: str | None = None, public: bool = False
) -> Callable[[Any], Any]:
    """Answers by RPC in one write transaction, which also keeps the answer for the idempotency key.

    `before` names a method that is called with the call outside the transaction, for work that
    waits; it may change `call.data`. `public` leaves `call.session` unscoped: the use case finds out
    whose request it is and calls `chassis.storage.enter_company`.
    """
    return _declare(
        lambda name: Method(
            name=name, takes=_taken(takes), gives=_instance(gives), writes=True, before=before, public=public
        )
    )


def query(
    *, takes: SchemaLike | None = None, gives: SchemaLike | None = None, public: bool = False
) -> Callable[[Any], Any]:
    """Answers by RPC from a read-only session."""
    return _declare(
        lambda name: Method(name=name, takes=_taken(takes), gives=_instance(gives), writes=False, public=public)
    )


def handles(event: type[Event], *, queue: str) -> Callable[[Any], Any]:
    """Hears an event, from a queue whose name is written down: `method(session, event)`."""
    return _declare(lambda name: Handles(name=name, event=event, queue=queue))


def works(kind: str, *, attempts: int | None = 6, failed: str | None = None) -> Callable[[Any], Any]:
    """Does jobs of one kind outside any transaction: `method(job)`; see `chassis.jobs`."""
    return _declare(lambda name: Works(name=name, kind=kind, attempts=attempts, failed=failed))


def every(*, seconds: float, lease: str) -> Callable[[Any], Any]:
    """Is called by the clock, on one replica at a time: `method(at)`."""
    return _declare(lambda name: Every(name=name, seconds=seconds, lease=lease))


class Service:
    """The base of every service; see the module's text. One object serves the whole process."""

    name: ClassVar[str]
    base: ClassVar[type[DeclarativeBase]]
    settings_class: ClassVar[type[ServiceSettings]] = ServiceSettings

    methods: ClassVar[dict[str, Method]]
    handled: ClassVar[list[Handles]]
    worked: ClassVar[list[Works]]
    timed: ClassVar[list[Every]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        declared = list(_declarations(cls))
        cls.methods = {each.name: each for each in declared if isinstance(each, Method)}
        cls.handled = [each for each in declared if isinstance(each, Handles)]
        cls.worked = [each for each in declared if isinstance(each, Works)]
        cls.timed = [each for each in declared if isinstance(each, Every)]
        _check(cls)

    def __init__(self, settings: ServiceSettings, *, database: Database | None = None) -> None:
        self.settings = settings
        # One connection per worker, and some for events, jobs and the clock.
        self.database = database or Database(settings.database_url, pool_size=settings.workers + 5)

    def close(self) -> None:
        """Lets go of what was opened, after the last work is done; a subclass adds its own."""
        self.database.close()

    @cached_property
    def files(self) -> FileStore:
        from chassis.files import open_store

        return open_store(_given(self.settings.files_url, "ALTA_FILES_URL"))

    @cached_property
    def keyring(self) -> Keyring:
        return _keyring(_given(self.settings.keyring, "ALTA_KEYRING"))

    @cached_property
    def shared_keyring(self) -> Keyring:
        return _keyring(_given(self.settings.shared_keyring, "ALTA_SHARED_KEYRING"))


def _keyring(path: Path) -> Keyring:
    from chassis.secrets import Keyring

    return Keyring.load(path)


def _given(value: Any, variable: str) -> Any:
    if value is None:
        raise LookupError(f"{variable} is not set, and this service needs it")
    return value


def _declare(make: Callable[[str], Declaration]) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        setattr(function, _MARK, [*getattr(function, _MARK, ()), make(function.__name__)])
        return function

    return mark


def _declarations(service: type[Service]) -> Iterator[Declaration]:
    names = dict.fromkeys(name for owner in reversed(service.__mro__) for name in vars(owner))
    for name in names:
        yield from getattr(getattr(service, name, None), _MARK, ())


def _check(service: type[Service]) -> None:
    """Raises `TypeError` at import, so that a slip in a declaration is seen before anything runs."""
    if not issubclass(service.settings_class, ServiceSettings):
        raise TypeError(f"{service.__name__}: settings_class must be a chassis.settings.ServiceSettings")
    named = [m.before for m in service.methods.values()] + [w.failed for w in service.worked]
    for method in filter(None, named):
        if not callable(getattr(service, method, None)):
            raise TypeError(f"{service.__name__} has no method {method}")
    for queue in (h.queue for h in service.handled):
        if not queue.startswith(f"{service.name}."):
            raise TypeError(f"the queue {queue} must begin with {service.name}.")
    _refuse_doubles("queue", [h.queue for h in service.handled])
    _refuse_doubles("kind of work", [w.kind for w in service.worked])
    _refuse_doubles("lease", [e.lease for e in service.timed])


def _refuse_doubles(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise TypeError(f"the {what} {name} is declared twice")


def _taken(schema: SchemaLike | None) -> marshmallow.Schema:
    """A method that takes nothing refuses everything."""
    return _instance(schema) or Schema()


def _instance(schema: SchemaLike | None) -> marshmallow.Schema | None:
    return schema() if isinstance(schema, type) else schema
