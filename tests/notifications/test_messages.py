"""NOT-1, NOT-2: one message per fact and audience; sent, given up, resent; the secret link stays secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis.clock import now
from chassis.errors import NotFound, Permanent, Transient
from chassis.outbox.announcing import announced
from chassis.storage.tables import jobs
from events.billing import InvoiceIssued, PaymentRegistered
from events.contracts import ContractLinkIssued
from events.gateway import CompanyChanged
from events.installations import InstallationActivated, InstallationScheduled
from events.preinstall import PreinstallSubmitted
from services.notifications import delivering, queries, queueing
from services.notifications.channels import Letter
from services.notifications.errors import LinkExpired, NotKnownYet
from services.notifications.model import Message
from services.notifications.projections import learn_company
from services.notifications.schemas import Message as Shown
from tests.samples import COMPANY, MARIA, STRANGER, told

ALL_OF_THEM = {"about": None, "state": None, "after": None, "limit": 25}
PATH = "/contrato/top-secret-token"


class RecordingChannel:
    """Keeps what it is given; `failure` is raised instead when there is one."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.failure: Exception | None = None

    def send(self, letter: Letter) -> None:
        if self.failure:
            raise self.failure
        self.letters.append(letter)


@pytest.fixture
def channel():
    return RecordingChannel()


@pytest.fixture
def hear(database):
    """Hears an event as the service does, after the company; answers its messages."""

    def hear(event: Any) -> list[Message]:
        with database.begin(event.meta.company_id) as session:
            learn_company(session, told(CompanyChanged, company_id=event.meta.company_id))
            session.flush()
            queueing.write_messages(session, event, at=now())
        with database.read(event.meta.company_id) as session:
            of_event = select(Message).where(Message.event_id == event.meta.id)
            return list(session.scalars(of_event.order_by(Message.audience)))

    return hear


@pytest.fixture
def deliver(database, channel, keyring):
    def deliver(message: Message) -> list[str]:
        company_id = message.company_id
        which = {"company_id": company_id, "message_id": message.id}
        commit = delivering.deliver(database, lambda _session, _message: channel, lambda: keyring, **which)
        with database.begin(company_id) as session:
            if commit:
                commit(session)
            return [event.type for event in announced(session)]

    return deliver


def a_link(keyring, **changed):
    sample = told(ContractLinkIssued)
    context = f"contract-link/{COMPANY}/{sample.contract_id}"
    changed = {"expires_at": now() + timedelta(days=1)} | changed
    return told(ContractLinkIssued, sealed_path=keyring.seal(PATH, context), **changed)


def queued_jobs(database):
    with database.read_unscoped() as session:
        return [row.key for row in session.connection().execute(select(jobs))]


def reload(database, message):
    with database.read(message.company_id) as session:
        return queries.get_message(session, message_id=message.id)


def test_a_fact_is_written_once_to_each_audience(database, hear):
    event = told(PreinstallSubmitted)
    first = hear(event)
    assert [each.audience for each in first] == ["company", "person"]
    assert [each.id for each in hear(event)] == [each.id for each in first]
    assert sorted(queued_jobs(database)) == sorted(str(each.id) for each in first)


def test_ins_11_nobody_is_written_to_about_what_came_with_an_import(hear):
    assert [message.audience for message in hear(told(InstallationScheduled))] == ["person"]
    assert hear(told(InstallationScheduled, quiet=True)) == []
    assert hear(told(InstallationActivated, quiet=True)) == []


def test_a_fact_of_a_company_that_is_not_known_yet_waits(database):
    with database.begin(STRANGER) as session, pytest.raises(NotKnownYet):
        queueing.write_messages(session, told(InvoiceIssued, company_id=STRANGER), at=now())


def test_what_is_sent_is_told_and_not_sent_again(database, hear, deliver, channel):
    (message,) = hear(told(InvoiceIssued))
    assert deliver(message) == ["NotificationSent"]
    assert deliver(message) == []
    (letter,) = channel.letters
    assert (letter.reference, letter.recipient, letter.sender_name) == (
        f"{message.id}.1", "maria@example.net", "Redes del Valle",
    )  # fmt: skip
    sent = reload(database, message)
    assert (sent.state, sent.sent_at is not None, sent.version) == ("sent", True, 2)


def test_a_copy_that_may_have_gone_out_keeps_its_reference(database, hear, channel, keyring):
    (message,) = hear(told(InvoiceIssued))
    for _ in range(2):  # the process died before the commit
        delivering.deliver(
            database, lambda _session, _message: channel, lambda: keyring, company_id=COMPANY, message_id=message.id
        )
    assert len({letter.reference for letter in channel.letters}) == 1


def test_what_is_given_up_says_why_and_may_be_sent_again(database, hear, deliver, channel):
    (message,) = hear(told(InvoiceIssued))
    refused = Permanent("recipient-refused", smtp_code=550, text="no such user")
    with database.begin(COMPANY) as session:
        delivering.note_failed(session, message_id=message.id, error=refused)
        assert announced(session)[-1].data["reason_code"] == "recipient-refused"
    failed = reload(database, message)
    assert (failed.state, failed.failure_params) == ("failed", {"smtp_code": 550, "text": "no such user"})
    with database.begin(COMPANY) as session:
        queueing.resend(session, message_id=message.id, at=now())
    assert deliver(message) == ["NotificationSent"]
    assert reload(database, message).failure_code is None


def test_a_transient_failure_leaves_it_waiting(database, hear, deliver, channel):
    (message,) = hear(told(InvoiceIssued))
    channel.failure = Transient("mail-server-unreachable")
    with pytest.raises(Transient):
        deliver(message)
    assert reload(database, message).state == "queued"


def test_a_mistake_of_ours_is_not_explained_to_everybody(database, hear):
    (message,) = hear(told(InvoiceIssued))
    with database.begin(COMPANY) as session:
        delivering.note_failed(session, message_id=message.id, error=RuntimeError("password=hunter2"))
    assert reload(database, message).failure_code == "internal-error"


def test_sent_once_more_by_staff_it_is_another_copy(database, hear, deliver, channel):
    (message,) = hear(told(InvoiceIssued))
    deliver(message)
    with database.begin(COMPANY) as session:
        queueing.resend(session, message_id=message.id, at=now())
    deliver(message)
    assert [letter.reference for letter in channel.letters] == [f"{message.id}.1", f"{message.id}.2"]


def test_the_contract_link_goes_out_and_is_nowhere_else(database, hear, deliver, channel, keyring):
    (message,) = hear(a_link(keyring))
    deliver(message)
    (letter,) = channel.letters
    address = f"https://redesdelvalle.example{PATH}"
    assert address in letter.text and f'href="{address}"' in letter.html
    kept = reload(database, message)
    columns = [str(getattr(kept, column.key)) for column in Message.__table__.columns]
    assert not any("top-secret-token" in value for value in columns)
    assert "top-secret-token" not in str(Shown().dump(kept)) and "secret.link" not in str(Shown().dump(kept))


def test_a_link_that_expired_is_neither_sent_nor_resent(database, hear, deliver, channel, keyring):
    (message,) = hear(a_link(keyring, expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(Permanent) as failed:
        deliver(message)
    assert failed.value.code == "link-expired" and channel.letters == []
    with database.begin(COMPANY) as session, pytest.raises(LinkExpired):
        queueing.resend(session, message_id=message.id, at=now())


def test_a_link_that_was_sealed_for_another_contract_is_not_sent(hear, deliver, channel, keyring):
    event = told(
        ContractLinkIssued,
        sealed_path=keyring.seal(PATH, f"contract-link/{STRANGER}/1"),
        expires_at=now() + timedelta(days=1),
    )
    (message,) = hear(event)
    with pytest.raises(Permanent) as failed:
        deliver(message)
    assert failed.value.code == "link-cannot-be-opened" and channel.letters == []


def test_messages_are_found_by_what_they_speak_of(database, hear, deliver):
    invoice, payment = told(InvoiceIssued), told(PaymentRegistered)
    (about_invoice,) = hear(invoice)
    hear(payment)
    hear(told(PreinstallSubmitted))
    deliver(about_invoice)

    def kinds(**filters):
        with database.read(COMPANY) as session:
            found = queries.list_messages(
                session, **({"about": None, "state": None, "after": None, "limit": 25} | filters)
            )
            return [row.kind for row in found.rows]

    assert kinds() == ["request-received", "request-received", "payment", "invoice"]
    assert kinds(about=invoice.invoice_id) == ["invoice"]
    assert kinds(about=MARIA) == ["payment", "invoice"]
    assert kinds(state="sent") == ["invoice"]


def test_another_company_sees_and_resends_nothing_of_it(database, hear):
    (message,) = hear(told(InvoiceIssued))
    with database.begin(STRANGER) as theirs:
        assert queries.list_messages(theirs, **ALL_OF_THEM).rows == []
        for attempt in (
            lambda: queries.get_message(theirs, message_id=message.id),
            lambda: queueing.resend(theirs, message_id=message.id, at=now()),
        ):
            with pytest.raises(NotFound):
                attempt()
