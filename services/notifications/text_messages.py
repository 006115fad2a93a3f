"""The company's way to send text messages: described, tried out, and opened for a delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from chassis.errors import Permanent, ValidationFailed
from chassis.phones import e164
from chassis.schemas import coded
from chassis.secrets import Keyring
from chassis.storage import current_company
from services.notifications.channels.sms import Description, Sms, unknown_tags
from services.notifications.model import Message, SmsGateway
from services.notifications.queueing import try_out

_TEMPLATES = ("url", "headers", "body")


def gateway_of(session: Session) -> SmsGateway | None:
    return session.get(SmsGateway, current_company(session))


def save_gateway(session: Session, *, keyring: Keyring, secret: str | None, **described: Any) -> SmsGateway:
    """Without a `secret` the one before stays. Raises `ValidationFailed`."""
    _check(described)
    gateway = gateway_of(session)
    if gateway is None:
        gateway = SmsGateway(id=current_company(session), version=0)
        session.add(gateway)
    for name, value in described.items():
        setattr(gateway, name, value)
    if secret:
        gateway.sealed_secret = keyring.seal(secret, gateway.secret_context)
    gateway.version += 1
    return gateway


def try_gateway(session: Session, *, phone: str, name: str, at: datetime) -> Message:
    """Raises `ValidationFailed` for a telephone that is none, or without a gateway."""
    gateway = gateway_of(session)
    if gateway is None:
        raise ValidationFailed(fields={"url": coded("required")})
    number = e164(phone, gateway.country)
    if number is None:
        raise ValidationFailed(fields={"phone": coded("invalid-phone")})
    return try_out(session, phone=number, name=name, at=at)


def channel_of(session: Session, *, keyring: Keyring, private: frozenset[str]) -> Sms:
    """Raises `Permanent` when the company has none."""
    gateway = gateway_of(session)
    if gateway is None or not gateway.active:
        raise Permanent("gateway-not-described")
    secret = keyring.open(gateway.sealed_secret, gateway.secret_context) if gateway.sealed_secret else None
    return Sms(
        Description(
            method=gateway.method,
            url=gateway.url,
            headers=_headers(gateway.headers),
            body=gateway.body,
            accepted_when=gateway.accepted_when,
            secret=secret,
            private=private,
        )
    )


def _headers(lines: str) -> dict[str, str]:
    """Raises `ValueError` for a line that is no header."""
    headers = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        name, colon, value = line.partition(":")
        if not colon or not name.strip().replace("-", "").isalnum():
            raise ValueError(line)
        headers[name.strip()] = value.strip()
    return headers


def _check(described: dict[str, Any]) -> None:
    wrong = {
        name: [{"code": "unknown-tag", "params": {"tags": unknown}}]
        for name in _TEMPLATES
        if (unknown := unknown_tags(described[name]))
    }
    parts = urlsplit(described["url"])
    if parts.scheme not in ("http", "https") or not parts.hostname or "{" in parts.netloc or parts.username:
        wrong["url"] = coded("invalid-address")
    try:
        _headers(described["headers"])
    except ValueError:
        wrong["headers"] = coded("invalid-headers")
    if wrong:
        raise ValidationFailed(fields=wrong)
