"""The shape of a method as JSON says it, and where one asks for more than another or gives less."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from chassis.declarations import Method

Shape = Mapping[str, Any]
BoundsOf = Callable[[fields.Field], dict[str, Any]]
LARGEST = (-(2**63), 2**63 - 1)
"""The bounds of every integer, which are not worth a word."""


def of_method(method: Method) -> dict[str, Any]:
    """`gives` is left out where the answer is JSON as it is."""
    shape = {"takes": _of_schema(method.takes, _bounds_of)}
    return shape | ({"gives": _of_schema(method.gives, lambda _: {})} if method.gives else {})


def _of_schema(schema: Schema, bounds_of: BoundsOf) -> dict[str, Any]:
    return {field.data_key or name: _of_field(field, bounds_of) for name, field in sorted(schema.fields.items())}


def _of_field(field: fields.Field, bounds_of: BoundsOf) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": type(field).__name__, **bounds_of(field)}
    if isinstance(field, fields.Nested):
        shape["fields"] = _of_schema(field.schema, bounds_of)
    if isinstance(field, fields.List):
        shape["each"] = _of_field(field.inner, bounds_of)
    if isinstance(field, fields.Dict) and field.value_field is not None:
        shape["each"] = _of_field(field.value_field, bounds_of)
    return shape


def _bounds_of(field: fields.Field) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    if field.required:
        shape["required"] = True
    if field.allow_none:
        shape["null"] = True
    for validator in field.validators:
        shape |= _of_validator(getattr(validator, "validator", validator))
    return shape


def _of_validator(validator: Any) -> dict[str, Any]:
    match validator:
        case validate.Length() | validate.Range():
            bounds = {"least": validator.min, "most": validator.max}
            return {name: _plain(bound) for name, bound in bounds.items() if bound not in (None, *LARGEST)}
        case validate.ContainsOnly() | validate.OneOf():
            return {"choices": sorted(map(_plain, validator.choices), key=str)}
        case validate.Regexp():
            return {"pattern": re.compile(validator.regex).pattern}
    return {}


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, bool)) else str(value)


def broken(promised: Shape, present: Shape) -> Iterator[str]:
    """What somebody who was promised the one cannot do with the other; both are of all methods of a service."""
    for method, shape in promised.items():
        if method not in present:
            yield f"{method} is gone"
            continue
        yield from _refused(f"{method} takes", shape["takes"], present[method]["takes"])
        if "gives" in shape:
            yield from _missed(f"{method} gives", shape["gives"], present[method].get("gives", {}))


def _refused(place: str, promised: Shape, present: Shape) -> Iterator[str]:
    """Of fields that are taken."""
    for name, shape in promised.items():
        if name not in present:
            yield f"{place} {name} no more"
        else:
            yield from _narrower(f"{place} {name}", shape, present[name])
    for name in present.keys() - promised.keys():
        if present[name].get("required"):
            yield f"{place} {name}, and must be given it now"


def _narrower(place: str, promised: Shape, present: Shape) -> Iterator[str]:
    if present["type"] != promised["type"]:
        yield f"{place} as another type: {present['type']}"
    if present.get("required") and not promised.get("required"):
        yield f"{place}, and must be given it now"
    if promised.get("null") and not present.get("null"):
        yield f"{place}, and may not be null now"
    yield from _outside(place, promised, present)
    yield from _refused(place, promised.get("fields", {}), present.get("fields", {}))
    if "each" in promised and "each" in present:
        yield from _narrower(place, promised["each"], present["each"])


def _outside(place: str, promised: Shape, present: Shape) -> Iterator[str]:
    """A bound that is not there lets everything in."""
    if "pattern" in present and present["pattern"] != promised.get("pattern"):
        yield f"{place} by another pattern"
    if _span(present, "most") < _span(promised, "most") or _span(present, "least") > _span(promised, "least"):
        yield f"{place} within narrower bounds"
    if "choices" in present:
        for choice in [one for one in promised.get("choices", ["anything"]) if one not in present["choices"]]:
            yield f"{place} and no longer as {choice}"


def _span(shape: Shape, end: str) -> float:
    return float(shape.get(end, "inf" if end == "most" else "-inf"))


def _missed(place: str, promised: Shape, present: Shape) -> Iterator[str]:
    """Of fields that are given."""
    for name, shape in promised.items():
        if name not in present:
            yield f"{place} {name} no more"
        elif present[name]["type"] != shape["type"]:
            yield f"{place} {name} as another type: {present[name]['type']}"
        else:
            inner, now = (one.get("each", one).get("fields", {}) for one in (shape, present[name]))
            yield from _missed(f"{place} {name}", inner, now)
