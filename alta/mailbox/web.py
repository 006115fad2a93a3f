"""The HTTP side: pages for people, JSON for tests.

GET    /api/messages?to=&subject=&limit=   summaries, the newest first
GET    /api/messages/<id>                  one with headers, text, html and attachments
DELETE /api/messages                       forget everything
POST   /sms                                takes {to, from, text, reference} as a gateway for text messages does
GET    /  /messages/<id>  /messages/<id>/html  /messages/<id>/source  /live
"""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from alta.mailbox import pages
from alta.mailbox.store import Mailbox, attachments, body

LONGEST_SMS = 64 * 1024  # bytes
MESSAGE = re.compile(r"/(?P<side>api/)?messages/(?P<id>[0-9]{1,18})(?:/(?P<view>html|source))?")

# The page itself needs no script; a message's HTML additionally has no origin and reaches nothing.
PAGE_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-src 'self'; base-uri 'none'"
MESSAGE_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


class MailboxServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        super().__init__(address, Handler)


class Handler(BaseHTTPRequestHandler):
    server: MailboxServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        if address.path == "/live":
            self._json({"status": "ok"})
        elif address.path == "/":
            self._page(pages.listing(self._search(asked), asked, self._language()))
        elif address.path == "/api/messages":
            self._json([dataclasses.asdict(summary) for summary in self._search(asked)])
        elif found := MESSAGE.fullmatch(address.path):
            self._message(**found.groupdict())
        else:
            self._not_found()

    def do_DELETE(self) -> None:
        if urlsplit(self.path).path != "/api/messages":
            return self._not_found()
        self.server.mailbox.clear()
        self._json({"status": "empty"})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if urlsplit(self.path).path != "/sms" or not length.isdecimal() or int(length) > LONGEST_SMS:
            self.close_connection = True  # what it said is not read
            return self._not_found()
        try:
            self.server.mailbox.receive_text(**_text_message(self.rfile.read(int(length))), at=datetime.now(UTC))
        except ValueError:
            return self._answer(b"no text message\n", "text/plain; charset=utf-8", status=HTTPStatus.BAD_REQUEST)
        self._json({"status": "accepted"})

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: pages poll, and nobody reads the access log of a demo mailbox."""

    def _search(self, asked: dict[str, str]) -> list[Any]:
        limit = int(asked["limit"]) if asked.get("limit", "").isdecimal() else 200
        return self.server.mailbox.messages(
            recipient=asked.get("to", ""), subject=asked.get("subject", ""), limit=min(limit, 1000)
        )

    def _message(self, side: str | None, id: str, view: str | None) -> None:
        found = self.server.mailbox.message(int(id))
        if found is None:
            return self._not_found()
        summary, message, raw = found
        if view == "source":
            self._answer(raw, "text/plain; charset=utf-8")
        elif view == "html":
            self._answer(pages.framed(body(message, "html")).encode(), "text/html; charset=utf-8", MESSAGE_POLICY)
        elif side:
            self._json(_described(summary, message))
        else:
            self._page(pages.reading(summary, message, self._language()))

    def _language(self) -> str:
        return "en" if self.headers.get("Accept-Language", "").lower().startswith("en") else "es"

    def _not_found(self) -> None:
        self._answer(b"not found\n", "text/plain; charset=utf-8", status=HTTPStatus.NOT_FOUND)

    def _json(self, value: Any) -> None:
        self._answer(json.dumps(value).encode(), "application/json")

    def _page(self, text: str) -> None:
        self._answer(text.encode(), "text/html; charset=utf-8", PAGE_POLICY)

    def _answer(
        self, content: bytes, kind: str, policy: str = "default-src 'none'", status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)


def _text_message(content: bytes) -> dict[str, str]:
    """Raises `ValueError` for what is none."""
    told = json.loads(content)
    names = {"to": "recipient", "from": "sender", "text": "text", "reference": "reference"}
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in names):
        raise ValueError(told)
    return {ours: told[name] for name, ours in names.items()}


def _described(summary: Any, message: Any) -> dict[str, Any]:
    return {
        **dataclasses.asdict(summary),
        "headers": {name: str(value) for name, value in message.items()},
        "text": body(message, "plain"),
        "html": body(message, "html"),
        "attachments": attachments(message),
    }
