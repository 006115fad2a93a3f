"""NOT-2: text messages through a company's HTTP gateway: what is sent, what is tried again, and where to it may go."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.clock import now
from chassis.errors import NotFound, Permanent, Transient, Unavailable, ValidationFailed
from chassis.secrets import Keyring
from events.gateway import CompanyChanged, PortalCodeIssued
from events.installations import InstallationScheduled
from services.notifications import delivering, queueing, text_messages
from services.notifications.channels import Letter
from services.notifications.channels.outside import is_public
from services.notifications.channels.sms import Description, Sms
from services.notifications.model import LINK_PLACE, SMS, Message
from services.notifications.schemas import SmsGateway as Shown
from tests.chassis.running import eventually
from tests.hosting import on_sqlite, prepared, started
from tests.notifications.smsgateway import SmsServer, sms_server
from tests.samples import COMPANY, STRANGER, told

TEXT = 'Tu código es 123456, "María"\n{{ clave }}'
SECRET = "a-secret-key"


@pytest.fixture
def server() -> Iterator[SmsServer]:
    with sms_server() as running:
        yield running


def a_letter() -> Letter:
    return Letter(
        reference="01a.1", recipient="+525511112222", recipient_name="María", sender_name="Veloz", reply_to=None,
        subject="Código", text=TEXT, html="", written_at=now(),
    )  # fmt: skip


def described(server: SmsServer, **changed: Any) -> Description:
    usual: dict[str, Any] = {
        "method": "POST", "url": f"{server.url}/send?to={{{{ telefono }}}}",
        "headers": {"Authorization": "Bearer {{ clave }}", "Content-Type": "application/json"},
        "body": '{"to": "{{ telefono_digitos }}", "text": "{{ texto }}", "id": "{{ referencia }}"}',
        "accepted_when": None, "secret": SECRET, "private": frozenset({"127.0.0.1"}),
    }  # fmt: skip
    return Description(**(usual | changed))


def settings(server: SmsServer, **changed: Any) -> dict[str, Any]:
    usual = {
        "active": True, "method": "POST", "url": f"{server.url}/send", "headers": "Authorization: Bearer {{ clave }}",
        "body": "{{ telefono }} {{ texto }}", "accepted_when": None, "country": "MX", "kinds": [],
    }  # fmt: skip
    return usual | changed


def test_what_is_sent_is_what_was_described_and_no_value_becomes_a_tag(server):
    Sms(described(server)).send(a_letter())
    (sent,) = server.sent
    assert (sent.method, sent.path) == ("POST", "/send?to=%2B525511112222")
    assert sent.headers["authorization"] == f"Bearer {SECRET}"
    assert json.loads(sent.body) == {"to": "525511112222", "text": TEXT, "id": "01a.1"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    Sms(described(server, headers=form, body="to={{ telefono }}&text={{texto}}")).send(a_letter())
    assert server.sent[1].body.startswith("to=%2B525511112222&text=Tu%20c%C3%B3digo")
    Sms(described(server, method="GET", url=f"{server.url}/?m={{{{ empresa }}}}")).send(a_letter())
    assert (server.sent[2].method, server.sent[2].path, server.sent[2].body) == ("GET", "/?m=Veloz", "")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, Transient), (429, Transient), (401, Transient), (400, Permanent), (404, Permanent), (302, Permanent)],
)
def test_the_adapter_says_whether_another_try_can_help_and_never_the_secret(server, status, kind):
    server.answers = [(status, f"no: {SECRET}")]
    with pytest.raises(kind) as refused:
        Sms(described(server)).send(a_letter())
    assert refused.value.params == {"status": status, "text": "no: •••"}
    assert len(server.sent) == 1, "nothing is followed to another address"


def test_an_answer_must_hold_what_the_company_says(server):
    server.answers = [(200, '{"error": 3}'), (200, '{"ok": true}')]
    gateway = Sms(described(server, accepted_when='"ok": true'))
    with pytest.raises(Permanent):
        gateway.send(a_letter())
    gateway.send(a_letter())


def test_addresses_beside_ours_are_not_spoken_to(server, monkeypatch):
    with pytest.raises(Permanent, match="gateway-address-private"):
        Sms(described(server, private=frozenset({"sms.example.net"}))).send(a_letter())
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Permanent, match="gateway-address-private"):
        Sms(described(server, url="http://sms.example/", private=frozenset({"sms.example.net"}))).send(a_letter())
    assert server.sent == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "ff02::1"],
)  # fmt: skip
def test_which_addresses_are_not_of_the_internet(address):
    assert not is_public(address)
    assert is_public("93.184.216.34") and is_public("2606:2800:220:1:248:1893:25c8:1946")


def test_nobody_answers_is_worth_another_try(server):
    with pytest.raises(Transient, match="gateway-unreachable"):
        Sms(described(server, url="http://127.0.0.1:1/")).send(a_letter())


def test_a_code_is_sealed_until_it_is_sent(session, database, keyring, server, tmp_path):
    own = Keyring.create(tmp_path / "own.key")
    text_messages.save_gateway(session, keyring=own, secret=SECRET, **settings(server))
    sample = told(PortalCodeIssued)
    sealed = keyring.seal("482913", f"portal-code/{COMPANY}/{sample.code_id}")
    event = told(PortalCodeIssued, email=None, phone="+525511112222", sealed_code=sealed, expires_at=_later())
    queueing.write_messages(session, event, at=now())
    queueing.write_messages(session, event, at=now())
    session.commit()
    with database.read(COMPANY) as reading:
        (message,) = reading.query(Message).all()
    assert (message.channel, message.recipient) == (SMS, "+525511112222")
    assert LINK_PLACE in message.text and "482913" not in message.shown_text
    commit = delivering.deliver(
        database,
        lambda reading, _message: text_messages.channel_of(reading, keyring=own, private=frozenset({"127.0.0.1"})),
        lambda: keyring,
        company_id=COMPANY,
        message_id=message.id,
    )
    assert commit is not None
    assert "482913 es tu código" in server.sent[0].body
    assert server.sent[0].headers["authorization"] == f"Bearer {SECRET}"


def test_what_else_goes_to_telephones_is_the_companys_choice(session, server, tmp_path):
    own = Keyring.create(tmp_path / "own.key")
    scheduled = told(InstallationScheduled, phone="55 1111 2222")
    text_messages.save_gateway(session, keyring=own, secret=None, **settings(server))
    queueing.write_messages(session, scheduled, at=now())
    session.flush()
    assert {message.channel for message in session.query(Message)} == {"email"}
    text_messages.save_gateway(session, keyring=own, secret=None, **settings(server, kinds=["installation-scheduled"]))
    queueing.write_messages(session, scheduled, at=now())
    session.flush()
    (sms,) = session.query(Message).where(Message.channel == SMS)
    assert sms.recipient == "+525511112222"
    assert len(sms.text) < 200


def test_a_gateway_keeps_its_secret_and_a_mistake_is_said_beside_its_field(session, server, tmp_path):
    own = Keyring.create(tmp_path / "own.key")
    text_messages.save_gateway(session, keyring=own, secret=SECRET, **settings(server))
    kept = text_messages.save_gateway(session, keyring=own, secret=None, **settings(server, country="CO"))
    assert own.open(kept.sealed_secret, kept.secret_context) == SECRET
    assert SECRET not in str(Shown().dump(kept)) and Shown().dump(kept)["has_secret"]
    for wrong in ({"url": "ftp://x"}, {"url": "https://{{ telefono }}/"}, {"headers": "no colon"}, {"body": "{{ x }}"}):
        with pytest.raises(ValidationFailed) as refused:
            text_messages.save_gateway(session, keyring=own, secret=None, **settings(server, **wrong))
        assert refused.value.fields.keys() == wrong.keys()


@on_sqlite
def test_not_2_a_gateway_is_set_up_tried_out_and_seen_in_the_log(
    database_url, amqp_uri, tmp_path, mails, server, monkeypatch
):
    monkeypatch.setenv("ALTA_SMTP_URL", mails.url)
    monkeypatch.setenv("ALTA_PRIVATE_GATEWAYS", "sms.example 127.0.0.1")
    with started(prepared("notifications", database_url=database_url, amqp_uri=amqp_uri, room=tmp_path)) as service:
        service.tell(told(CompanyChanged))
        assert service.ask("get_sms_gateway") is None
        shown = service.ask("save_sms_gateway", secret=SECRET, **settings(server))
        assert shown["has_secret"] and SECRET not in str(shown)
        assert service.ask("ways_to_reach") == {"sms": True}
        assert service.ask("ways_to_reach", company=STRANGER) == {"sms": False}
        server.answers = [(503, "busy")]
        message = eventually(lambda: _tried(service))  # once it has heard of the company
        service.outcome("NotificationSent")
        assert [sent.body.partition(" ")[0] for sent in server.sent] == ["+525511112222"] * 2
        (row,) = service.ask("list_messages", channel="sms")["rows"]
        assert (row["message_id"], row["state"], row["kind"]) == (message["message_id"], "sent", "sms-test")
        with pytest.raises(NotFound):
            service.ask("get_message", company=STRANGER, message_id=row["message_id"])


def _tried(service):
    try:
        return service.ask("try_sms_gateway", phone="55 1111 2222")
    except Unavailable:
        return None


def _later() -> str:
    return "2999-01-01T00:00:00+00:00"
