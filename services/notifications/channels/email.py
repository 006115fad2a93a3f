"""E-mail over SMTP. Sources: RFC 5321 (reply codes), RFC 3834 (automatic mail), smtplib's documentation."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from chassis.errors import Permanent, Transient
from services.notifications.channels import Letter

TIMEOUT = 20.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """`security` is how it is spoken to: smtp, smtp+starttls or smtps."""

    security: str
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Raises `ValueError`; never tells the password."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("the mail server's address is smtp://, smtp+starttls:// or smtps:// with a host")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], user, password)


class Email:
    """A channel. `sender` is the address that every mail comes from."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, letter: Letter) -> None:
        mail = self._mail(letter)
        try:
            with self._connected() as connection:
                connection.send_message(mail, from_addr=self._sender, to_addrs=[letter.recipient])
        except smtplib.SMTPServerDisconnected as error:
            raise Transient("mail-server-disconnected", text=str(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Permanent("mail-not-supported", text=str(error)) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refused("recipient-refused", code, text) from error
        except smtplib.SMTPAuthenticationError as error:
            # Not the letter's fault: once the operator has put the password right, it goes.
            raise Transient("mail-login-refused", smtp_code=error.smtp_code) from error
        except smtplib.SMTPResponseException as error:
            raise _refused("mail-refused", error.smtp_code, error.smtp_error) from error
        except OSError as error:
            raise Transient("mail-server-unreachable", text=str(error)) from error

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        if server.security == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password or "")
        return connection

    def _mail(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"] = Address(_header(letter.sender_name), addr_spec=self._sender)
            mail["To"] = Address(_header(letter.recipient_name), addr_spec=letter.recipient)
            if letter.reply_to:
                mail["Reply-To"] = Address(_header(letter.sender_name), addr_spec=letter.reply_to)
        except (MessageError, ValueError, IndexError) as error:
            raise Permanent("address-invalid", text=str(error)) from error
        mail["Subject"] = _header(letter.subject)
        mail["Date"] = letter.written_at
        mail["Message-ID"] = f"<{letter.reference}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        # Not every server takes 8-bit letters or long lines.
        mail.set_content(letter.text, cte="quoted-printable")
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        return mail


def _refused(code: str, smtp_code: int, said: bytes | str) -> Transient | Permanent:
    """4xx: come back later; 5xx: do not."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    kind = Permanent if smtp_code >= 500 else Transient
    return kind(code, smtp_code=smtp_code, text=text[:500])


def _header(text: str) -> str:
    """In one line: a name with a line break in it would begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
