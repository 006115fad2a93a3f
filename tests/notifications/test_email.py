"""The e-mail adapter: what a mail looks like on the wire, and which failures are worth another try."""

from __future__ import annotations

import socket

import pytest

from chassis.clock import now
from chassis.errors import Permanent, Transient
from services.notifications.channels import Letter
from services.notifications.channels.email import Email
from services.notifications.channels.email import MailServer as Address
from tests.notifications.mailserver import html_of, text_of

SENDER = "no-reply@alta.example"


def a_letter(**changed):
    letter = {
        "reference": "01a.1", "recipient": "maria@example.net", "recipient_name": "María López",
        "sender_name": "Redes del Valle", "reply_to": "oficina@example.net", "subject": "¡Hola, María!",
        "text": "Señal\n", "html": "<p>Señal</p>", "written_at": now(),
    }  # fmt: skip
    return Letter(**(letter | changed))


def channel(server):
    return Email(Address.parse(server.url), SENDER)


def test_a_mail_says_who_writes_and_has_both_parts(mails):
    channel(mails).send(a_letter())
    (mail,) = mails.mails
    assert mail["From"] == "Redes del Valle <no-reply@alta.example>"
    assert mail["Reply-To"] == "Redes del Valle <oficina@example.net>"
    assert (mail["To"], mail["Subject"]) == ("María López <maria@example.net>", "¡Hola, María!")
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<01a.1@alta.example>", "auto-generated")
    assert text_of(mail).strip() == "Señal" and html_of(mail).strip() == "<p>Señal</p>"
    assert mail.as_bytes().isascii(), "a server that takes 7 bits only would spoil it"


@pytest.mark.parametrize(
    ("stage", "answer", "kind", "code"),
    [
        ("DATA", "451 try later", Transient, "mail-refused"),
        ("DATA", "554 no spam", Permanent, "mail-refused"),
        ("RCPT", "450 greylisted", Transient, "recipient-refused"),
        ("RCPT", "550 no such user", Permanent, "recipient-refused"),
    ],
)
def test_the_server_says_whether_another_try_can_help(mails, stage, answer, kind, code):
    mails.stage, mails.answers = stage, [answer]
    with pytest.raises(kind) as failed:
        channel(mails).send(a_letter())
    assert (failed.value.code, failed.value.params["smtp_code"]) == (code, int(answer[:3]))
    assert answer[4:] in failed.value.params["text"]
    channel(mails).send(a_letter())
    assert len(mails.mails) == 1


def test_a_server_that_is_away_is_tried_again():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(Transient) as failed:
            Email(Address.parse(url), SENDER).send(a_letter())
    assert failed.value.code == "mail-server-unreachable"


def test_a_server_without_starttls_is_not_spoken_to_in_the_open(mails):
    insecure = Email(Address.parse(mails.url.replace("smtp:", "smtp+starttls:")), SENDER)
    with pytest.raises(Permanent) as failed:
        insecure.send(a_letter())
    assert failed.value.code == "mail-not-supported" and mails.mails == []


def test_a_name_cannot_begin_another_header(mails):
    channel(mails).send(a_letter(sender_name="Redes\r\nBcc: all@example.net", subject="a\nb"))
    (mail,) = mails.mails
    assert mail["Bcc"] is None and mail["Subject"] == "a b"


@pytest.mark.parametrize("recipient", ["nobody", "a@b@c", "x y@example.net", ""])
def test_an_address_that_is_none_is_given_up(mails, recipient):
    with pytest.raises(Permanent) as failed:
        channel(mails).send(a_letter(recipient=recipient))
    assert failed.value.code == "address-invalid"


def test_the_address_of_a_server_is_read_and_a_wrong_one_tells_no_password():
    server = Address.parse("smtps://user%40x:p%2Fw@mail.example")
    assert (server.host, server.port, server.user, server.password) == ("mail.example", 465, "user@x", "p/w")
    with pytest.raises(ValueError, match="mail server") as wrong:
        Address.parse("http://user:hunter2@mail.example")
    assert "hunter2" not in str(wrong.value)
