"""Reading the data of events quickly: a schema compiled to plain converters.

Marshmallow spends most of the time that handling an event takes. What is valid, which is nearly
everything, is read here with the same result; whatever is not, or has a field that is not known
here, goes to marshmallow, which also says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, missing

Reader = Callable[[Any], Any]


class NotPlain(Exception):
    """Marshmallow is to read this."""


def compiled(schema: Schema) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A reader equal to `schema.load`, `marshmallow.ValidationError` included."""
    quick = _object(schema)

    def read(data: dict[str, Any]) -> dict[str, Any]:
        try:
            if type(data) is not dict:
                raise NotPlain
            return quick(data)
        except (NotPlain, ValidationError, ValueError, TypeError, AttributeError):
            return schema.load(data)

    return read


def _object(schema: Schema) -> Reader:
    plan = [(name, *_converter(field), _default(field), field.allow_none) for name, field in schema.load_fields.items()]

    def read(data: dict[str, Any]) -> dict[str, Any]:
        result = {}
        for name, kind, convert, default, nullable in plan:
            value = data.get(name, missing)
            if type(value) is kind:
                result[name] = value if convert is None else convert(value)
            elif value is missing:
                if default is not missing:
                    result[name] = _given(default)
            else:
                result[name] = _other(value, kind, convert, nullable)
        return result

    return read


def _converter(field: fields.Field) -> tuple[type | None, Reader | None]:
    """The type that is read, None for any, and what makes the value of it; None for what is taken as it is."""
    kind, make = _CONVERTERS.get(type(field), (None, _others))
    convert = None if make is None else make(field)
    return kind, _validated(convert, field.validators) if field.validators else convert


def _validated(convert: Reader | None, validators: list[Any]) -> Reader:
    def read(value: Any) -> Any:
        converted = value if convert is None else convert(value)
        for validate in validators:
            validate(converted)
        return converted

    return read


def _default(field: fields.Field) -> Any:
    """`NotPlain` for a field that must be there."""
    return NotPlain if field.required else field.load_default


def _given(default: Any) -> Any:
    if default is NotPlain:
        raise NotPlain
    return default() if callable(default) else default


def _other(value: Any, kind: type | None, convert: Reader | None, nullable: bool) -> Any:
    """What is not of the type that was expected."""
    if value is None and nullable:
        return None
    if value is None or kind is not None or convert is None:
        raise NotPlain
    return convert(value)


def _aware(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise NotPlain
    return moment


def _day(value: str) -> date:
    if len(value) != len("2026-11-24"):
        raise NotPlain
    return date.fromisoformat(value)


def _from_text(parse: Callable[[str], Any]) -> Callable[[fields.Field], Reader]:
    return lambda _field: parse


def _nested(field: fields.Nested) -> Reader:
    return _object(field.schema)


def _list(field: fields.List) -> Reader:
    kind, convert = _converter(field.inner)
    nullable = field.inner.allow_none

    def read(value: list[Any]) -> list[Any]:
        return [_item(each, kind, convert, nullable) for each in value]

    return read


def _item(value: Any, kind: type | None, convert: Reader | None, nullable: bool) -> Any:
    if type(value) is kind:
        return value if convert is None else convert(value)
    return _other(value, kind, convert, nullable)


def _others(field: fields.Field) -> Reader:
    return field.deserialize


_CONVERTERS: dict[type, tuple[type, Callable[[Any], Reader] | None]] = {
    fields.String: (str, None),
    fields.Integer: (int, None),
    fields.Boolean: (bool, None),
    fields.UUID: (str, _from_text(UUID)),
    fields.AwareDateTime: (str, _from_text(_aware)),
    fields.Date: (str, _from_text(_day)),
    fields.Nested: (dict, _nested),
    fields.List: (list, _list),
}
