"""Declaring an event: its owner, its version and its fields, once, in one class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from chassis.messages.envelope import Envelope
from chassis.messages.reading import compiled

_declared: dict[tuple[str, str, int], type[Event]] = {}


class Event:
    """A fact in the past tense, told to whoever listens.

    A subclass declares its fields as marshmallow fields, and says who owns it::

        class InvoiceIssued(Event, source="billing", subject="invoice_id"):
            invoice_id = fields.UUID(required=True)

    `subject` names the field that identifies the entity the fact is about. Unknown fields are
    ignored on the way in, so that a publisher may add some without a new version.
    """

    source: ClassVar[str]
    subject: ClassVar[str]
    version: ClassVar[int]
    type: ClassVar[str]
    dataschema: ClassVar[str]
    schema: ClassVar[Schema]
    _blank: ClassVar[dict[str, None]]
    _load: ClassVar[Callable[[dict[str, Any]], dict[str, Any]]]

    def __init_subclass__(cls, *, source: str, subject: str, version: int = 1) -> None:
        cls.source, cls.subject, cls.version = source, subject, version
        cls.type = cls.__name__ if version == 1 else f"{cls.__name__}V{version}"
        cls.dataschema = f"urn:alta:event:{source}:{cls.__name__}:{version}"
        declared = {
            name: value
            for owner in reversed(cls.__mro__)
            for name, value in vars(owner).items()
            if isinstance(value, fields.Field)
        }
        meta = type("Meta", (), {"unknown": EXCLUDE})
        cls.schema = type(f"{cls.type}Schema", (Schema,), {**declared, "Meta": meta})()
        cls._blank = dict.fromkeys(cls.schema.fields)
        cls._load = staticmethod(compiled(cls.schema))
        _declared[source, cls.__name__, version] = cls

    def __init__(self, *, meta: Envelope | None = None, **data: Any) -> None:
        """Raises `TypeError` when a field is missing or not declared: a publisher's mistake."""
        known = self.schema.fields
        if unknown := data.keys() - known.keys():
            raise TypeError(f"{self.type} has no field {', '.join(sorted(unknown))}")
        if missing := {name for name, f in known.items() if f.required} - data.keys():
            raise TypeError(f"{self.type} lacks {', '.join(sorted(missing))}")
        self._fill({name: data.get(name) for name in known}, meta)

    @classmethod
    def read(cls, envelope: Envelope) -> Self:
        """The event that an envelope carries; raises `marshmallow.ValidationError`."""
        event = cls.__new__(cls)
        event._fill(cls._blank | cls._load(envelope.data), envelope)
        return event

    def dump(self) -> dict[str, Any]:
        """The fields as JSON-ready values; raises `ValueError` when one does not fit its declaration."""
        encoded = self.schema.dump(self.data)
        try:
            self._load(encoded)
        except ValidationError as error:
            raise ValueError(f"{self.type} does not fit its own declaration: {error.messages}") from error
        return encoded

    def _fill(self, data: dict[str, Any], meta: Envelope | None) -> None:
        self.__dict__.update(data)  # before the fields of the class, which have the same names
        self.data, self.meta = data, meta


def declared_events(package: str) -> list[type[Event]]:
    """Every event class that a module of that package has declared so far, ordered by owner and name."""
    ordered = [_declared[key] for key in sorted(_declared)]
    return [event for event in ordered if event.__module__.startswith(f"{package}.")]
