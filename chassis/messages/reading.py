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
            return quick(data)
        except (NotPlain, ValidationError, ValueError, TypeError, AttributeError):
            return schema.load(data)

    return read


def _object(schema: Schema) -> Reader:
    plan = [(name, _default(field), _field(field)) for name, field in schema.load_fields.items()]

    def read(data: Any) -> dict[str, Any]:
        if type(data) is not dict:
            raise NotPlain
        result = {}
        for name, default, convert in plan:
            value = data.get(name, missing)
            if value is missing:
                if default is NotPlain:
                    raise NotPlain
                value = default() if callable(default) else default
                if value is not missing:
                    result[name] = value
            else:
                result[name] = convert(value)
        return result

    return read


def _default(field: fields.Field) -> Any:
    """`NotPlain` for a field that must be there."""
    return NotPlain if field.required else field.load_default


def _field(field: fields.Field) -> Reader:
    convert = _CONVERTERS.get(type(field), _others)(field)
    validators = field.validators
    nullable = field.allow_none

    def read(value: Any) -> Any:
        if value is None:
            if nullable:
                return None
            raise NotPlain
        converted = convert(value)
        for validate in validators:
            validate(converted)
        return converted

    return read


def _exactly(kind: type) -> Callable[[fields.Field], Reader]:
    def convert(value: Any) -> Any:
        if type(value) is not kind:
            raise NotPlain
        return value

    return lambda _field: convert


def _from_text(parse: Callable[[str], Any]) -> Callable[[fields.Field], Reader]:
    def convert(value: Any) -> Any:
        if type(value) is not str:
            raise NotPlain
        return parse(value)

    return lambda _field: convert


def _aware(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise NotPlain
    return moment


def _day(value: str) -> date:
    if len(value) != len("2026-11-24"):
        raise NotPlain
    return date.fromisoformat(value)


def _nested(field: fields.Nested) -> Reader:
    return _object(field.schema)


def _list(field: fields.List) -> Reader:
    item = _field(field.inner)

    def convert(value: Any) -> list[Any]:
        if type(value) is not list:
            raise NotPlain
        return [item(each) for each in value]

    return convert


def _others(field: fields.Field) -> Reader:
    return field.deserialize


_CONVERTERS: dict[type, Callable[[Any], Reader]] = {
    fields.String: _exactly(str),
    fields.Integer: _exactly(int),
    fields.Boolean: _exactly(bool),
    fields.UUID: _from_text(UUID),
    fields.AwareDateTime: _from_text(_aware),
    fields.Date: _from_text(_day),
    fields.Nested: _nested,
    fields.List: _list,
}
