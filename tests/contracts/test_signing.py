"""Signing: once, whoever hurries; frozen with its evidence; and active when both halves are there."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis.outbox import announced
from chassis.storage.tables import jobs
from events.installations import ServiceEnded
from services.contracts.activation import follow_activation, follow_cancellation, follow_end
from services.contracts.attaching import StoredFile, add_attachments
from services.contracts.errors import (
    ContractAlreadySigned,
    ContractChanged,
    ContractNotPending,
    InstallationCancelled,
    LinkExpired,
    LinkRevoked,
    NotKnownYet,
)
from services.contracts.links import issue_link, open_link
from services.contracts.model import Contract, Link, Signature
from services.contracts.projections import learn_company, learn_installation
from services.contracts.queries import describe
from services.contracts.signing import sign_by_link, sign_in_person
from tests.contracts.builders import (
    AT,
    a_contract,
    a_signature,
    acquaint,
    activated,
    cancelled,
    company_changed,
    scheduled,
)
from tests.overlapping import overlapping
from tests.samples import COMPANY, MARIA, told

LATER = AT + timedelta(minutes=5)
A_FILE = StoredFile("INE", "ine.jpg", "image/jpeg", 10, "cd" * 32, "objects/some/file")


@pytest.fixture
def contract(session):
    return a_contract(session)


def link_token(session, contract, sealing) -> str:
    issued = issue_link(session, contract_id=contract.id, send_email=False, days=14, sealing=sealing, at=AT)
    return issued.path.removeprefix("/contrato/")


def told_types(session) -> list[str]:
    return [envelope.type for envelope in announced(session)]


def in_person(session, contract, at=LATER):
    return sign_in_person(session, contract_id=contract.id, signed=a_signature(), at=at, witness="Raúl Díaz")


def test_signing_by_link_keeps_the_evidence_and_asks_for_the_pdf(session, contract, sealing):
    token = link_token(session, contract, sealing)
    open_link(session, token=token, at=AT)
    sign_by_link(session, token=token, signed=a_signature(attachments=[A_FILE]), at=LATER)
    evidence = contract.signature
    assert evidence.text_sha256 == hashlib.sha256(b"<p>Texto</p>").hexdigest()
    assert evidence.consent_sha256 == hashlib.sha256(evidence.consent.encode()).hexdigest()
    assert (evidence.method, evidence.opened_at, evidence.signed_at) == ("link", AT, LATER)
    assert (evidence.ip, evidence.user_agent) == ("203.0.113.7", "Mozilla/5.0 (Linux; Android 14)")
    assert session.scalars(select(Link.used_at)).one() == LATER
    assert [file.title for file in contract.attachments] == ["INE"]
    (told,) = [e for e in announced(session) if e.type == "ContractSigned"]
    assert told.data["text_sha256"] == evidence.text_sha256
    assert contract.pdf_state == "rendering"
    assert session.connection().execute(select(jobs.c.kind, jobs.c.key)).all() == [
        ("contracts.render_pdf", str(contract.id))
    ]


def test_what_was_signed_without_signal_is_the_text_that_was_shown(session, contract):
    signing = {"contract_id": contract.id, "signed": a_signature(), "at": LATER, "witness": "Raúl Díaz"}
    with pytest.raises(ContractChanged):
        sign_in_person(session, **signing, text_sha256=hashlib.sha256(b"otro texto").hexdigest())
    assert contract.signed_at is None
    sign_in_person(session, **signing, text_sha256=hashlib.sha256(contract.content.encode()).hexdigest())
    assert contract.signed_at == LATER


def test_signing_in_person_names_the_witness(session, contract):
    in_person(session, contract)
    assert (contract.signature.method, contract.signature.witness) == ("in_person", "Raúl Díaz")
    assert describe(session, contract, LATER)["signer_name"] == "María López"


def test_a_used_link_and_a_second_signature_are_refused(session, contract, sealing):
    token = link_token(session, contract, sealing)
    sign_by_link(session, token=token, signed=a_signature(), at=AT)
    with pytest.raises(ContractAlreadySigned):
        sign_by_link(session, token=token, signed=a_signature(), at=LATER)
    with pytest.raises(ContractAlreadySigned):
        in_person(session, contract)
    assert told_types(session).count("ContractSigned") == 1


def test_an_expired_or_revoked_link_does_not_sign(session, contract, sealing):
    token = link_token(session, contract, sealing)
    with pytest.raises(LinkExpired):
        sign_by_link(session, token=token, signed=a_signature(), at=AT + timedelta(days=14))
    a_contract(session, contract_id=contract.id, content="<p>Otro</p>")
    with pytest.raises(LinkRevoked):
        sign_by_link(session, token=token, signed=a_signature(), at=LATER)
    assert contract.signed_at is None


@pytest.fixture
def shared(database, sealing) -> tuple[Contract, str]:
    """A committed contract and the token of its link."""
    with database.begin(COMPANY) as session:
        acquaint(session)
        contract = a_contract(session)
        return contract, link_token(session, contract, sealing)


@contextlib.contextmanager
def in_the_office(database, contract):
    with database.begin(COMPANY) as session:
        in_person(session, contract)
        session.flush()
        yield session


@contextlib.contextmanager
def at_home(database, token):
    with database.begin_unscoped() as session:
        sign_by_link(session, token=token, signed=a_signature(), at=LATER)
        session.flush()
        yield session


@contextlib.contextmanager
def at_the_router(database):
    with database.begin(COMPANY) as session:
        follow_activation(session, activated())
        session.flush()
        yield session


def finish(transaction) -> None:
    with transaction:
        pass


def test_two_who_sign_at_the_same_moment_sign_once(database, shared):
    contract, token = shared
    refused = overlapping(database, lambda: at_home(database, token), lambda: finish(in_the_office(database, contract)))
    assert isinstance(refused, ContractAlreadySigned)
    with database.read(COMPANY) as session:
        assert session.scalars(select(Signature)).one().method == "link"


def test_the_same_link_opened_twice_signs_once(database, shared):
    _, token = shared
    refused = overlapping(database, lambda: at_home(database, token), lambda: finish(at_home(database, token)))
    assert isinstance(refused, ContractAlreadySigned)


def test_an_edit_while_it_is_signed_is_refused(database, shared):
    contract, token = shared

    def edit() -> None:
        with database.begin(COMPANY) as session:
            a_contract(session, contract_id=contract.id, content="<p>Otro</p>", version=1)

    assert isinstance(overlapping(database, lambda: at_home(database, token), edit), ContractAlreadySigned)
    with database.read(COMPANY) as session:
        assert session.get(Contract, contract.id).content == "<p>Texto</p>"


@pytest.mark.parametrize("signs_first", [True, False])
def test_signing_and_activating_at_the_same_moment_do_not_miss_each_other(database, shared, signs_first):
    contract, _ = shared
    acts = [lambda: in_the_office(database, contract), lambda: at_the_router(database)]
    first, second = acts if signs_first else reversed(acts)
    assert overlapping(database, first, lambda: finish(second())) is None
    with database.read(COMPANY) as session:
        assert session.get(Contract, contract.id).state == "active"


def test_signed_then_active(session, contract):
    in_person(session, contract)
    assert contract.state == "pending"
    follow_activation(session, activated())
    assert contract.state == "active"
    (told,) = [e for e in announced(session) if e.type == "ContractActivated"]
    assert told.data["activated_at"] == "2026-11-24T16:48:30+00:00"


def test_active_then_signed(session, contract):
    follow_activation(session, activated())
    assert contract.state == "pending"
    in_person(session, contract)
    assert (contract.state, contract.activated_at) == ("active", LATER)
    assert told_types(session).count("ContractActivated") == 1


def test_an_activation_told_again_or_late_activates_once(session, contract):
    in_person(session, contract)
    follow_activation(session, activated(version=6))
    follow_activation(session, activated(version=6))
    learn_installation(session, scheduled(version=2))
    assert contract.state == "active"
    assert told_types(session).count("ContractActivated") == 1


def test_an_activation_that_was_overtaken_by_newer_news_still_activates(session, contract):
    in_person(session, contract)
    learn_installation(session, scheduled(version=9, state="active"))
    follow_activation(session, activated(version=5))
    assert contract.state == "active"


def test_an_unsigned_contract_of_an_active_installation_waits(session, contract):
    follow_activation(session, activated())
    assert (contract.state, "ContractActivated" in told_types(session)) == ("pending", False)


def test_a_cancelled_installation_ends_its_contract_and_closes_its_link(session, contract, sealing):
    token = link_token(session, contract, sealing)
    follow_cancellation(session, cancelled())
    assert contract.state == "ended"
    with pytest.raises(ContractNotPending):
        sign_by_link(session, token=token, signed=a_signature(), at=LATER)
    with pytest.raises(LinkRevoked):
        open_link(session, token=token, at=LATER)


def test_con_4_the_contract_ends_with_the_service_signed_or_not(session, contract, sealing):
    follow_activation(session, activated())
    in_person(session, contract)
    newer = a_contract(session)
    token = link_token(session, newer, sealing)
    for _ in range(2):
        follow_end(session, told(ServiceEnded, installation_id=MARIA, version=9))
    assert (contract.state, newer.state) == ("ended", "ended") and contract.signed_at
    assert told_types(session).count("ContractEnded") == 2
    with pytest.raises(LinkRevoked):
        open_link(session, token=token, at=LATER)
    with pytest.raises(InstallationCancelled):
        a_contract(session)


def test_events_that_come_too_early_wait(database):
    with database.begin(COMPANY) as session:
        with pytest.raises(NotKnownYet):
            follow_cancellation(session, cancelled())
        follow_activation(session, activated())
        learn_company(session, company_changed())
        session.flush()
        contract = a_contract(session)
        in_person(session, contract)
        assert contract.state == "active"


def test_files_can_be_added_until_it_is_signed(session, contract):
    add_attachments(session, contract_id=contract.id, files=[A_FILE], at=AT)
    assert [file.filename for file in contract.attachments] == ["ine.jpg"]
    in_person(session, contract)
    with pytest.raises(ContractAlreadySigned):
        add_attachments(session, contract_id=contract.id, files=[A_FILE], at=AT)
