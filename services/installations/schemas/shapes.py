"""What fields of several commands have in common."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.schemas import Schema

MOST_MINOR = 10**12
PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,24}")
# What RouterOS keeps as it is in names of queues and secrets, letters with accents too; no sign that its scripts read.
SERVICE_NAME = re.compile(r"[^\W_][\w.@ -]{0,62}")
MAC = re.compile(r"([0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}")


def text(limit: int) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, limit))


def optional(limit: int, **more: Any) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=limit), **more)


def a_phone(value: str) -> None:
    if not PHONE.fullmatch(value):
        raise ValidationError("invalid-phone")


def a_sensible_time(value: datetime) -> None:
    if not 2000 <= value.year < 2100:
        raise ValidationError("invalid-date")


def a_duration(value: int) -> None:
    """Of a visit, in minutes."""
    if not 5 <= value <= 24 * 60:
        raise ValidationError("invalid-duration")


def an_address(value: str) -> None:
    try:
        address = ipaddress.IPv4Address(value)
    except ValueError as error:
        raise ValidationError("invalid-ip-address") from error
    if address.is_multicast or address.is_unspecified or address.is_loopback or address.is_reserved:
        raise ValidationError("ip-not-usable")


def a_service_name(value: str) -> None:
    if not SERVICE_NAME.fullmatch(value):
        raise ValidationError("invalid-service-name")


def a_mac(value: str) -> None:
    if not MAC.fullmatch(value):
        raise ValidationError("invalid-mac-address")


class OneSpelling(fields.String):
    """A letter and its accent as one character, however the keyboard sent it: a router takes the two for two names."""

    def _deserialize(self, value: Any, *arguments: Any, **named: Any) -> Any:
        return unicodedata.normalize("NFC", super()._deserialize(value, *arguments, **named))


def optional_id() -> fields.UUID:
    return fields.UUID(load_default=None, allow_none=True)


def sorted_by(*names: str, default: str) -> fields.String:
    """The name of what a list is ordered by, with a minus before it for the last one first."""
    known = validate.OneOf([sign + name for name in names for sign in ("", "-")])
    return fields.String(load_default=default, validate=known)


class Nothing(Schema):
    pass


class Paging(Schema):
    after = fields.String(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=25, validate=validate.Range(1, 200))


class TwoWayPaging(Paging):
    before = fields.String(load_default=None, allow_none=True)


class OneInstallation(Schema):
    installation_id = fields.UUID(required=True)
