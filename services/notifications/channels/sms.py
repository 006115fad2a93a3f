"""Text messages (SMS, WhatsApp) through an HTTP gateway that the company describes with tags.

What a gateway answers decides: 2xx is taken over, with the text that it must hold when there is one; 408, 425, 429
and 5xx are worth another try, as are 401 and 403, which are put right by who runs the gateway; the rest is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from chassis.errors import Permanent, Transient
from services.notifications.channels import Letter
from services.notifications.channels.outside import Answer, ask

PHONE, DIGITS, TEXT = "telefono", "telefono_digitos", "texto"
SECRET, REFERENCE, SENDER = "clave", "referencia", "empresa"
TAGS = (PHONE, DIGITS, TEXT, SECRET, REFERENCE, SENDER)
_TAG = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_LATER = frozenset({401, 403, 408, 425, 429})
Escape = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Description:
    """How a gateway is spoken to; `private` as in `outside.ask`."""

    method: str
    url: str
    headers: dict[str, str]
    body: str
    accepted_when: str | None
    secret: str | None
    private: frozenset[str]


class Sms:
    """A channel."""

    def __init__(self, gateway: Description) -> None:
        self._gateway = gateway

    def send(self, letter: Letter) -> None:
        gateway, values = self._gateway, self._values(letter)
        headers = {name: filled(value, values, _in_one_line) for name, value in gateway.headers.items()}
        body = None if gateway.method == "GET" else filled(gateway.body, values, _escape_for(headers)).encode()
        url = filled(gateway.url, values, lambda value: quote(value, safe=""))
        answer = ask(gateway.method, url, headers=headers, body=body, private=gateway.private)
        self._judge(answer)

    def _values(self, letter: Letter) -> dict[str, str]:
        return {
            PHONE: letter.recipient,
            DIGITS: letter.recipient.lstrip("+"),
            TEXT: letter.text,
            SECRET: self._gateway.secret or "",
            REFERENCE: letter.reference,
            SENDER: letter.sender_name,
        }

    def _judge(self, answer: Answer) -> None:
        wanted = self._gateway.accepted_when
        if 200 <= answer.status < 300 and (not wanted or wanted in answer.text):
            return
        kind = Transient if answer.status in _LATER or answer.status >= 500 else Permanent
        raise kind("gateway-refused", status=answer.status, text=self._without_secret(answer.text)[:300])

    def _without_secret(self, text: str) -> str:
        """Gateways like to repeat what they were sent, and the log of deliveries is read by many."""
        return text.replace(self._gateway.secret, "•••") if self._gateway.secret else text


def filled(template: str, values: dict[str, str], escape: Escape) -> str:
    """In one go, so that no value can bring a tag along."""
    return _TAG.sub(lambda tag: escape(values[tag[1]]), template)


def unknown_tags(template: str) -> list[str]:
    return sorted(set(_TAG.findall(template)) - set(TAGS))


def _escape_for(headers: dict[str, str]) -> Escape:
    """As the body's kind wants it: within the quotes of JSON, or as a form does."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if "json" in kind:
        return lambda value: json.dumps(value)[1:-1]
    if "urlencoded" in kind:
        return lambda value: quote(value, safe="")
    return lambda value: value


def _in_one_line(value: str) -> str:
    return " ".join(value.split())
