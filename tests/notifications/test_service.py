"""The notifications service over the broker and a mail server: told twice, refused, killed, and asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from chassis.clock import now
from chassis.errors import NotFound
from chassis.secrets import Keyring
from events.billing import InvoiceIssued, PaymentRegistered
from events.contracts import ContractLinkIssued
from events.gateway import CompanyChanged
from events.preinstall import PreinstallSubmitted
from tests.chassis.running import eventually
from tests.hosting import on_sqlite, prepared, started
from tests.notifications.mailserver import html_of, text_of
from tests.samples import COMPANY, MARIA, STRANGER, told


@pytest.fixture
def service(database_url, amqp_uri, tmp_path, mails, monkeypatch):
    monkeypatch.setenv("ALTA_SMTP_URL", mails.url)
    with started(prepared("notifications", database_url=database_url, amqp_uri=amqp_uri, room=tmp_path)) as ready:
        yield ready


def test_each_fact_is_mailed_once_also_when_the_company_is_told_later(service, mails):
    submitted, invoice = told(PreinstallSubmitted), told(InvoiceIssued)
    service.tell(submitted, submitted, invoice)
    service.tell(told(CompanyChanged), invoice)
    eventually(lambda: len(service.told("NotificationSent")) == 3, seconds=30)
    recipients = sorted(mail["To"].addresses[0].addr_spec for mail in mails.mails)
    assert recipients == ["maria@example.net", "maria@example.net", "oficina@redesdelvalle.example"]
    rows = service.ask("list_messages", state="sent")["rows"]
    assert len(rows) == 3 and {row["kind"] for row in rows} == {"request-received", "invoice"}
    (about,) = service.ask("list_messages", about=str(MARIA))["rows"]
    shown = service.ask("get_message", message_id=about["message_id"])
    assert "A-000123" in shown["text"] and "A-000123" in shown["html"]
    with pytest.raises(NotFound):
        service.ask("get_message", company=STRANGER, message_id=about["message_id"])
    assert service.ask("resend", message_id=about["message_id"])["state"] == "queued"
    eventually(lambda: len(mails.mails) == 4)
    assert len({mail["Message-ID"] for mail in mails.mails}) == 4
    assert service.parked() == []


@on_sqlite
def test_the_contract_link_reaches_its_reader_and_nobody_else(service, mails, capfd):
    sample = told(ContractLinkIssued)
    keyring = Keyring.load(Path(service.environment["ALTA_SHARED_KEYRING"]))
    sealed = keyring.seal("/contrato/top-secret", f"contract-link/{COMPANY}/{sample.contract_id}")
    service.tell(told(CompanyChanged), told(ContractLinkIssued, sealed_path=sealed, expires_at=now() + timedelta(1)))
    service.outcome("NotificationSent")
    (mail,) = mails.mails
    assert "https://redesdelvalle.example/contrato/top-secret" in text_of(mail)
    assert 'href="https://redesdelvalle.example/contrato/top-secret"' in html_of(mail)
    (row,) = service.ask("list_messages")["rows"]
    shown = service.ask("get_message", message_id=row["message_id"])
    written = capfd.readouterr()
    assert "top-secret" not in f"{row}{shown}{written}"


@on_sqlite
def test_what_the_server_refuses_for_good_is_told_and_what_it_postpones_is_sent_later(service, mails):
    service.tell(told(CompanyChanged))
    mails.answers = ["554 no spam"]
    service.tell(told(InvoiceIssued))
    assert service.outcome("NotificationFailed").data["reason_code"] == "mail-refused"
    (row,) = service.ask("list_messages", state="failed")["rows"]
    assert row["failure_params"] == {"smtp_code": 554, "text": "no spam"}
    mails.answers = ["451 later", "421 later"]
    service.tell(told(PaymentRegistered))
    service.outcome("NotificationSent")
    assert [mail["Subject"] for mail in mails.mails] == ["Recibimos tu pago de $500.00"]
    assert service.parked() == []


CRASHES = [
    ("inbox.notifications.on_invoice_issued.handled", 1),
    ("inbox.notifications.on_invoice_issued.committed", 1),
    ("job.notifications.deliver.claimed", 1),
    ("notifications.ready", 1),
    ("notifications.sent", 2),  # taken by the server, and nobody wrote it down
    ("job.notifications.deliver.committed", 1),
]


@pytest.mark.parametrize(("place", "copies"), CRASHES)
def test_killed_anywhere_a_mail_is_read_once(sqlite_url, tmp_path, amqp_uri, mails, monkeypatch, place, copies):
    monkeypatch.setenv("ALTA_SMTP_URL", mails.url)
    service = prepared("notifications", database_url=sqlite_url, amqp_uri=amqp_uri, room=tmp_path)
    with started(service):
        service.tell(told(CompanyChanged))
        service.arm(place)
        service.tell(told(InvoiceIssued))
        assert service.process.wait(timeout=30) == 137
        service.start()
        service.outcome("NotificationSent")
        assert len(service.told("NotificationSent")) == 1
        assert len(mails.mails) == copies
        assert len({mail["Message-ID"] for mail in mails.mails}) == 1
        assert service.parked() == []
