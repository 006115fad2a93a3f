"""Settings: every environment variable that a process reads, declared with its type, default and meaning.

::

    class BillingSettings(ServiceSettings):
        due_days: int = setting("ALTA_BILLING_DUE_DAYS", help="days until an invoice is due", default=10)

A field without a default must be given. An empty variable counts as not given.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

REQUIRED: Any = object()


class BadSettings(Exception):
    """`problems` names every variable that is missing or wrong, all at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    variable: str
    help: str
    default: Any
    choices: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A row of the documentation. `default` is the text to put into the variable, None when there is none."""

    variable: str
    type: str
    required: bool
    default: str | None
    help: str


def setting(variable: str, *, help: str, default: Any = REQUIRED, choices: tuple[str, ...] = ()) -> Any:
    """Declares a field of a `Settings` class; `choices` are the only texts that are taken."""
    return Setting(variable, help, default, choices)


class Settings:
    """Declared fields, read once from an environment; see the module's text."""

    def __init__(self, **values: Any) -> None:
        """`values` instead of an environment, for tests: what is not given has its default."""
        declared = self._declared()
        if unknown := values.keys() - declared.keys():
            raise TypeError(f"{type(self).__name__} has no setting {', '.join(sorted(unknown))}")
        for name, field in declared.items():
            value = values.get(name, field.default)
            if value is REQUIRED:
                raise TypeError(f"{type(self).__name__} needs {name}")
            setattr(self, name, value)

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Raises `BadSettings` with everything that is missing or wrong."""
        values, problems = {}, []
        kinds = typing.get_type_hints(cls)
        for name, field in cls._declared().items():
            text = environ.get(field.variable, "")
            if text:
                try:
                    values[name] = _read(field, kinds[name], text)
                except ValueError as error:
                    problems.append(f"{field.variable}: {error}")
            elif field.default is REQUIRED:
                problems.append(f"{field.variable} is missing: {field.help}")
        if problems:
            raise BadSettings(problems)
        return cls(**values)

    @classmethod
    def describe(cls) -> list[Described]:
        """Every variable of the class, in the order of declaration."""
        kinds = typing.get_type_hints(cls)
        return [
            Described(
                variable=field.variable,
                type="|".join(field.choices) or _plain_type(kinds[name]).__name__,
                required=field.default is REQUIRED,
                default=None if field.default in (REQUIRED, None) else str(field.default),
                help=field.help,
            )
            for name, field in cls._declared().items()
        ]

    @classmethod
    def _declared(cls) -> dict[str, Setting]:
        return {
            name: value
            for owner in reversed(cls.__mro__)
            for name, value in vars(owner).items()
            if isinstance(value, Setting)
        }


class ServiceSettings(Settings):
    """What every service reads."""

    database_url: str = setting(
        "ALTA_DATABASE_URL",
        help="the service's own database: sqlite:////path/file or postgresql://user:password@host/name",
    )
    amqp_uri: str = setting("ALTA_AMQP_URI", help="the broker: amqp://user:password@host:port/vhost")
    files_url: str | None = setting(
        "ALTA_FILES_URL", help="where files are kept: file:///directory or s3://bucket", default=None
    )
    keyring: Path | None = setting(
        "ALTA_KEYRING", help="key file (mode 0600) for what the service keeps encrypted", default=None
    )
    shared_keyring: Path | None = setting(
        "ALTA_SHARED_KEYRING", help="key file of what contracts seals for notifications", default=None
    )
    relay_wake: str | None = setting(
        "ALTA_RELAY_WAKE", help="host:port (UDP) of the relay, told after each commit; it polls without", default=None
    )
    health_listen: str | None = setting(
        "ALTA_HEALTH_LISTEN", help="host:port of /live, /ready and /metrics; none without", default=None
    )
    log_level: str = setting(
        "ALTA_LOG_LEVEL", help="the least that is logged", default="info", choices=("debug", "info", "warning", "error")
    )
    log_format: str = setting("ALTA_LOG_FORMAT", help="how it is written", default="json", choices=("json", "text"))
    workers: int = setting("ALTA_WORKERS", help="commands and questions answered at the same time", default=10)
    crash_dir: Path | None = setting("ALTA_CRASH_DIR", help="named crash points, for tests only", default=None)


def _read(field: Setting, kind: Any, text: str) -> Any:
    if field.choices:
        return _chosen(text, field.choices)
    return _READERS[_plain_type(kind)](text)


def _plain_type(kind: Any) -> type[Any]:
    """`int` of `int | None`."""
    if isinstance(kind, types.UnionType):
        return next(part for part in typing.get_args(kind) if part is not types.NoneType)
    return kind


def _chosen(text: str, choices: tuple[str, ...]) -> str:
    if text.lower() not in choices:
        raise ValueError(f"{text!r} is none of {', '.join(choices)}")
    return text.lower()


def _truth(text: str) -> bool:
    try:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
    except KeyError:
        raise ValueError(f"{text!r} is neither true nor false") from None


def _number(kind: type[Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"{text!r} is no {'whole ' if kind is int else ''}number") from None

    return read


_READERS: dict[type[Any], Callable[[str], Any]] = {
    str: str,
    Path: Path,
    bool: _truth,
    int: _number(int),
    float: _number(float),
}
