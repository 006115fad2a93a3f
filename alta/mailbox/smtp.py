"""The SMTP side: accepts everything from everybody on its address."""

from __future__ import annotations

from datetime import UTC, datetime

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from alta.mailbox.store import Mailbox

MAX_MESSAGE_BYTES = 25 * 1024 * 1024


class Receiver:
    """aiosmtpd's handler. Source: aiosmtpd "The handler classes"."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        self._mailbox.receive(
            sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, raw=raw, at=datetime.now(UTC)
        )
        return "250 Message accepted"


def smtp_server(mailbox: Mailbox, host: str, port: int) -> Controller:
    """A server on a thread of its own; `start()` returns when it listens."""
    return Controller(Receiver(mailbox), hostname=host, port=port, data_size_limit=MAX_MESSAGE_BYTES)
