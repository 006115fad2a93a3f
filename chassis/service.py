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

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.orm import DeclarativeBase

from chassis.declarations import Every, Handles, Method, Works, command, declarations, every, handles, query, works
from chassis.inbox import Handler
from chassis.operating import OperatorsMethods
from chassis.settings import ServiceSettings
from chassis.storage import Database

if TYPE_CHECKING:
    from chassis.files import FileStore
    from chassis.secrets import Keyring

__all__ = ["Service", "command", "every", "handlers_of", "handles", "query", "works"]


class Service(OperatorsMethods):
    """The base of every service; see the module's text. One object serves the whole process."""

    name: ClassVar[str]
    base: ClassVar[type[DeclarativeBase]]
    settings_class: ClassVar[type[ServiceSettings]] = ServiceSettings
    jobs_at_once: ClassVar[int] = 8

    methods: ClassVar[dict[str, Method]]
    handled: ClassVar[list[Handles]]
    worked: ClassVar[list[Works]]
    timed: ClassVar[list[Every]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        declared = list(declarations(cls))
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


def handlers_of(service: Service | type[Service]) -> list[Handler]:
    """What it hears, bound to the object when one is given."""
    return [
        Handler(queue=each.queue, event=each.event, function=getattr(service, each.name)) for each in service.handled
    ]


def _keyring(path: Path) -> Keyring:
    from chassis.secrets import Keyring

    return Keyring.load(path)


def _given(value: Any, variable: str) -> Any:
    if value is None:
        raise LookupError(f"{variable} is not set, and this service needs it")
    return value


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
