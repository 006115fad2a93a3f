"""Complaints are codes with parameters, whatever the field and wherever it is."""

from enum import Enum

import pytest
from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.errors import ValidationFailed
from chassis.schemas import Schema, coded, load


class Line(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(["id_front", "coupon"]))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))


class Colour(Enum):
    RED = "red"


def even(value):
    if value % 2:
        raise ValidationError(coded("not-even", value=value))


def lucky(value):
    if value != 7:
        raise ValidationError("unlucky")


class Everything(Schema):
    text = fields.String(validate=validate.Length(min=2, max=5))
    code = fields.String(validate=validate.Length(equal=3))
    note = fields.String(load_default="")
    nick = fields.String(allow_none=True)
    needed = fields.String()
    password = fields.String(metadata={"verbatim": True})
    email = fields.Email(allow_none=True)
    url = fields.URL()
    pattern = fields.String(validate=validate.Regexp("a+", error="only-a"))
    sentence = fields.String(validate=validate.Regexp("a+", error="Only the letter a, please."))
    id = fields.UUID()
    address = fields.IPv4()
    number = fields.Integer(strict=True)
    amount = fields.Decimal(validate=validate.Range(min=1, max=9))
    ratio = fields.Float()
    yes = fields.Boolean()
    at = fields.AwareDateTime()
    on = fields.Date()
    colour = fields.Enum(Colour, by_value=True)
    lines = fields.List(fields.Nested(Line), validate=validate.Length(max=2))
    line = fields.Nested(Line)
    tags = fields.List(fields.String(validate=validate.Length(max=3)))
    prices = fields.Dict(keys=fields.String(), values=fields.Integer())
    even = fields.Integer(validate=even)
    lucky = fields.Integer(validate=[lucky])


def complaints(data, schema=Everything):
    with pytest.raises(ValidationFailed) as refused:
        load(schema(), data)
    assert refused.value.code == "invalid-input"
    return refused.value.fields


@pytest.mark.parametrize(
    ("data", "field", "code", "params"),
    [
        ({"text": "x" * 6}, "text", "too-long", {"max": 5}),
        ({"text": "x"}, "text", "too-short", {"min": 2}),
        ({"code": "x"}, "code", "wrong-length", {"equal": 3}),
        ({"text": 7}, "text", "invalid", {}),
        ({"text": None}, "text", "required", {}),
        ({"text": "a\0b"}, "text", "invalid", {}),
        ({"text": "a\ud800"}, "text", "invalid", {}),
        ({"email": "ana"}, "email", "invalid-email", {}),
        ({"url": "x"}, "url", "invalid-url", {}),
        ({"pattern": "b"}, "pattern", "only-a", {}),
        ({"sentence": "b"}, "sentence", "invalid", {}),
        ({"id": "7"}, "id", "invalid-id", {}),
        ({"address": "1.2.3"}, "address", "invalid-ip-address", {}),
        ({"number": 1.5}, "number", "invalid-number", {}),
        ({"number": "x"}, "number", "invalid-number", {}),
        ({"number": 2**63}, "number", "out-of-range", {"min": -(2**63), "max": 2**63 - 1}),
        ({"amount": "10"}, "amount", "out-of-range", {"min": 1, "max": 9}),
        ({"amount": "NaN"}, "amount", "invalid-number", {}),
        ({"ratio": "Infinity"}, "ratio", "invalid-number", {}),
        ({"yes": "perhaps"}, "yes", "invalid", {}),
        ({"at": "2026-01-01T00:00:00"}, "at", "time-zone-missing", {}),
        ({"at": "soon"}, "at", "invalid-time", {}),
        ({"on": "31/12/2026"}, "on", "invalid-date", {}),
        ({"colour": "blue"}, "colour", "not-one-of", {}),
        ({"lines": "x"}, "lines", "invalid", {}),
        ({"lines": [{"kind": "coupon", "size": 0}]}, "lines.0.size", "out-of-range", {"min": 1}),
        ({"lines": [{"size": 1}]}, "lines.0.kind", "required", {}),
        ({"lines": [{"kind": "x", "size": 1}]}, "lines.0.kind", "not-one-of", {"choices": ["id_front", "coupon"]}),
        ({"lines": [{"kind": "coupon", "size": 1, "x": 1}]}, "lines.0.x", "unknown-field", {}),
        ({"lines": [7]}, "lines.0", "invalid", {}),
        ({"lines": [{"kind": "coupon", "size": 1}] * 3}, "lines", "too-long", {"max": 2}),
        ({"line": []}, "line", "invalid", {}),
        ({"tags": ["a", "abcd"]}, "tags.1", "too-long", {"max": 3}),
        ({"prices": {"a": "x"}}, "prices.a.value", "invalid-number", {}),
        ({"even": 3}, "even", "not-even", {"value": 3}),
        ({"lucky": 3}, "lucky", "unlucky", {}),
        ({"colour2": 1}, "colour2", "unknown-field", {}),
    ],
)
def test_each_complaint_has_its_code(data, field, code, params):
    assert complaints(data)[field] == [{"code": code, "params": params}]


def test_all_are_told_at_once():
    assert set(complaints({"id": "7", "email": "x", "lines": [{}]})) == {"id", "email", "lines.0.kind", "lines.0.size"}


@pytest.mark.parametrize("data", [None, [], "x", 7])
def test_what_is_no_object_is_invalid(data):
    assert complaints(data) == {"_schema": coded("invalid")}


def test_texts_are_stripped_but_for_those_that_must_not_be():
    given = {"text": "  abc\n", "tags": [" a "], "password": " p ", "line": {"kind": " coupon ", "size": 1}}
    assert load(Everything(), given) == {
        "text": "abc", "tags": ["a"], "password": " p ", "line": {"kind": "coupon", "size": 1}, "note": "",
    }  # fmt: skip


def test_an_empty_text_is_missing_or_none_or_empty():
    class Form(Schema):
        needed = fields.String(required=True)
        email = fields.Email(allow_none=True)
        note = fields.String()

    assert complaints({"needed": "  ", "email": "", "note": ""}, Form) == {"needed": coded("required")}
    assert load(Form(), {"needed": "x", "email": " ", "note": " "}) == {"needed": "x", "email": None, "note": ""}


def test_a_rule_over_several_fields_may_name_one():
    class Period(Schema):
        starts_on = fields.Date()
        ends_on = fields.Date()

        @validates_schema
        def _ends_after_it_starts(self, data, **_):
            if data["ends_on"] < data["starts_on"]:
                raise ValidationError(coded("ends-before-start"), "ends_on")

    assert complaints({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, Period) == {
        "ends_on": coded("ends-before-start")
    }


def test_a_schema_may_be_used_by_many_at_once_and_again():
    schema = Everything()
    for _ in range(3):
        assert load(schema, {"email": "ana@example.com"})["email"] == "ana@example.com"
        with pytest.raises(ValidationFailed):
            load(schema, {"email": "x"})
