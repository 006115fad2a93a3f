"""What is taken and given, checked: marshmallow schemas whose complaints are codes, never sentences.

Texts are stripped. An empty one is missing where the field is required, and None where None is
allowed, because that is what an empty form field means; `metadata={"verbatim": True}` leaves a
field's text alone (passwords).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import marshmallow
from marshmallow import RAISE, ValidationError, fields, pre_load, validate
from marshmallow.exceptions import SCHEMA

from chassis.errors import FieldErrors, ValidationFailed

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")
_LARGEST = 2**63 - 1  # what a BigInteger column holds


def coded(code: str, **params: Any) -> list[dict[str, Any]]:
    """One complaint about one field, as it is kept in a `ValidationError` and in `ValidationFailed.fields`."""
    return [{"code": code, "params": params}]


# By the key of the message in marshmallow's field classes; the field's class decides where one key means more.
_MESSAGES = {
    "required": "required",
    "null": "required",
    "validator_failed": "invalid",
    "type": "invalid",
    "invalid_utf8": "invalid",
    "invalid_uuid": "invalid-id",
    "invalid_ip": "invalid-ip-address",
    "invalid_awareness": "time-zone-missing",
    "too_large": "out-of-range",
    "special": "invalid-number",
    "unknown": "not-one-of",
    "format": "invalid",
}
_INVALID: tuple[tuple[type[fields.Field], str], ...] = (
    (fields.Number, "invalid-number"),
    (fields.DateTime, "invalid-time"),
    (fields.Time, "invalid-time"),
    (fields.Date, "invalid-date"),
)


class Schema(marshmallow.Schema):
    """Unknown fields are refused; see the module's text for the rest."""

    error_messages = {"unknown": coded("unknown-field")[0], "type": coded("invalid")[0]}

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        _speak_in_codes(field_obj)

    @pre_load
    def _strip(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        by_key = {field.data_key or name: field for name, field in self.load_fields.items()}
        stripped = {key: _stripped(by_key.get(key), value) for key, value in data.items()}
        return {key: value for key, value in stripped.items() if value is not marshmallow.missing}


class Rows(fields.List):
    """Rows of a statement whose columns are named as the inner schema's fields, sent as they are: ids, moments and what
    JSON has itself. Many times as quick as field by field, and lists are long."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        """Of fields that the statement left out there is nothing to send."""
        if not value:
            return []
        places = {name: place for place, name in enumerate(value[0]._fields)}
        names = [name for name in self.inner.schema.fields if name in places]
        pick = itemgetter(*(places[name] for name in names))
        return [dict(zip(names, pick(row), strict=True)) for row in value]


def refused(error: ValidationError) -> ValidationFailed:
    """The refusal that a schema's complaints amount to: `{"documents.0.size": [{"code", "params"}]}`."""
    return ValidationFailed(fields=_flattened(error.normalized_messages()))


def load(schema: marshmallow.Schema, data: Any) -> Any:
    """What the schema makes of `data`; raises `ValidationFailed`."""
    try:
        return schema.load(data)
    except ValidationError as error:
        raise refused(error) from error


def _stripped(field: fields.Field | None, value: Any) -> Any:
    if isinstance(field, fields.List) and isinstance(value, list):
        return [item.strip() if isinstance(item, str) else item for item in value]
    if not isinstance(value, str) or field is None or field.metadata.get("verbatim"):
        return value
    text = value.strip()
    if text:
        return text
    if field.required:
        return marshmallow.missing
    return None if field.allow_none else text


def _speak_in_codes(field: fields.Field) -> None:
    invalid = next((code for kind, code in _INVALID if isinstance(field, kind)), "invalid")
    field.error_messages = {
        key: message if _is_code(message) else coded(_MESSAGES.get(key, invalid))
        for key, message in field.error_messages.items()
    }
    field.validators = [_Coded(validator) for validator in field.validators]
    if isinstance(field, fields.Integer):
        field.validators.append(_Coded(validate.Range(-_LARGEST - 1, _LARGEST)))
    if isinstance(field, fields.String):
        field.validators.append(_printable)
    for inner in _inner_fields(field):
        _speak_in_codes(inner)


def _inner_fields(field: fields.Field) -> list[fields.Field]:
    if isinstance(field, fields.List):
        return [field.inner]
    if isinstance(field, fields.Mapping):
        return [part for part in (field.key_field, field.value_field) if part is not None]
    return list(field.tuple_fields) if isinstance(field, fields.Tuple) else []


def _is_code(message: Any) -> bool:
    return isinstance(message, str) and _CODE.fullmatch(message) is not None


def _printable(value: Any) -> None:
    """PostgreSQL keeps no NUL in a text, and half a surrogate pair is no text at all."""
    if isinstance(value, str) and _UNPRINTABLE.search(value):
        raise ValidationError(coded("invalid"))


class _Coded:
    """A validator whose complaint is a code: its own when it gives one, else the one of its kind."""

    def __init__(self, validator: Any) -> None:
        self.validator = validator

    def __repr__(self) -> str:
        return repr(self.validator)

    def __call__(self, value: Any) -> Any:
        try:
            return self.validator(value)
        except ValidationError as error:
            raise ValidationError([self._complaint(value, message) for message in _listed(error.messages)]) from error

    def _complaint(self, value: Any, message: Any) -> dict[str, Any]:
        if isinstance(message, dict) and "code" in message:
            return message
        if _is_code(message):
            return coded(message)[0]
        return _complaint_of_kind(self.validator, value)[0]


def _listed(messages: Any) -> list[Any]:
    return messages if isinstance(messages, list) else [messages]


def _complaint_of_kind(validator: Any, value: Any) -> list[dict[str, Any]]:
    match validator:
        case validate.Length(equal=int() as equal):
            return coded("wrong-length", equal=equal)
        case validate.Length(max=int() as most) if len(value) > most:
            return coded("too-long", max=most)
        case validate.Length():
            return coded("too-short", min=validator.min)
        case validate.Range():
            bounds = {"min": validator.min, "max": validator.max}
            return coded("out-of-range", **{name: _plain(bound) for name, bound in bounds.items() if bound is not None})
        case validate.ContainsOnly() | validate.OneOf():
            return coded("not-one-of", choices=[_plain(choice) for choice in validator.choices])
        case validate.Email():
            return coded("invalid-email")
        case validate.URL():
            return coded("invalid-url")
    return coded("invalid")


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, bool)) else str(value)


def _flattened(messages: Any, path: str = "") -> FieldErrors:
    if isinstance(messages, Mapping):
        parts = [_flattened(inner, _joined(path, key)) for key, inner in messages.items()]
        return {name: complaints for part in parts for name, complaints in part.items()}
    return {path: [_as_complaint(message) for message in _listed(messages)]}


def _joined(path: str, key: Any) -> str:
    if path and key == SCHEMA:
        return path
    return f"{path}.{key}" if path else str(key)


def _as_complaint(message: Any) -> dict[str, Any]:
    if isinstance(message, Mapping):
        return dict(message)
    return coded(message if _is_code(message) else "invalid")[0]
