"""Links: unguessable, expiring, revocable, kept only hashed and sealed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis.errors import NotFound
from chassis.outbox import announced
from chassis.secrets import CannotOpen
from services.contracts.errors import (
    ClientWithoutEmail,
    ContractAlreadySigned,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
)
from services.contracts.links import issue_link, open_link, revoke_link
from services.contracts.model import Link
from services.contracts.queries import get_contract, open_pdf_by_link, shown_by_link
from services.contracts.signing import sign_in_person
from tests.contracts.builders import AT, a_contract, a_signature, acquaint
from tests.samples import COMPANY, STRANGER

LATER = AT + timedelta(days=14)


@pytest.fixture
def contract(session):
    return a_contract(session)


def issue(session, contract, sealing, *, at=AT, send_email=False):
    return issue_link(session, contract_id=contract.id, send_email=send_email, days=14, sealing=sealing, at=at)


def token_of(issued) -> str:
    return issued.path.removeprefix("/contrato/")


def test_a_link_is_256_random_bits_of_which_only_hash_and_sealed_copy_are_kept(session, contract, sealing):
    token = token_of(issue(session, contract, sealing))
    assert len(token) == 43
    link = session.scalars(select(Link)).one()
    assert link.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert token not in repr([link.sealed_token, link.token_sha256, announced(session)])
    assert sealing.own.open(link.sealed_token, context=link.token_context) == token
    with pytest.raises(CannotOpen):
        sealing.own.open(link.sealed_token, context="contracts.link/of/another/token")


def test_copying_again_gives_the_same_link_until_it_expires(session, contract, sealing):
    first = issue(session, contract, sealing)
    assert issue(session, contract, sealing, at=AT + timedelta(days=1)) == first
    assert issue(session, contract, sealing, at=LATER).path != first.path
    assert [e.type for e in announced(session)].count("ContractLinkIssued") == 2


def test_the_path_travels_sealed_and_the_address_only_when_it_is_to_be_mailed(session, contract, sealing):
    path = issue(session, contract, sealing).path
    issue(session, contract, sealing, send_email=True)
    copied, mailed = [e for e in announced(session) if e.type == "ContractLinkIssued"]
    assert (copied.data["email"], mailed.data["email"]) == (None, "maria@example.net")
    assert mailed.entity_version == copied.entity_version + 1
    context = f"contract-link/{COMPANY}/{contract.id}"
    assert sealing.shared.open(mailed.data["sealed_path"], context=context) == path


def test_nobody_is_mailed_who_has_no_address(database, sealing):
    with database.begin(COMPANY) as session:
        acquaint(session, email=None)
        contract = a_contract(session)
        with pytest.raises(ClientWithoutEmail):
            issue(session, contract, sealing, send_email=True)


def test_opening_shows_the_contract_and_notes_the_first_time(session, contract, sealing):
    token = token_of(issue(session, contract, sealing))
    shown = shown_by_link(session, open_link(session, token=token, at=AT))
    assert (shown["content"], shown["person"], shown["company_name"]) == (
        "<p>Texto</p>",
        "María López Hernández",
        "Redes del Valle",
    )
    assert "electrónica" in shown["consent"]
    open_link(session, token=token, at=AT + timedelta(hours=1))
    assert get_contract(session, contract_id=contract.id, at=AT)["link"]["opened_at"] == AT


def test_a_token_finds_its_company_by_itself_and_a_scoped_session_finds_only_its_own(database, sealing):
    with database.begin(COMPANY) as session:
        acquaint(session)
        token = token_of(issue(session, a_contract(session), sealing))
    with database.begin_unscoped() as nobody:
        assert shown_by_link(nobody, open_link(nobody, token=token, at=AT))["company_id"] == COMPANY
    with database.begin(STRANGER) as theirs, pytest.raises(LinkUnknown):
        open_link(theirs, token=token, at=AT)


@pytest.mark.parametrize("token", ["", "x" * 43, "ñ"])
def test_an_unknown_token_is_refused(database, token):
    with database.begin_unscoped() as nobody, pytest.raises(LinkUnknown):
        open_link(nobody, token=token, at=AT)


def test_an_expired_link_says_so(session, contract, sealing):
    token = token_of(issue(session, contract, sealing))
    open_link(session, token=token, at=LATER - timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        open_link(session, token=token, at=LATER)
    with pytest.raises(LinkExpired):
        open_pdf_by_link(session, token=token, at=LATER)


def test_a_revoked_link_says_so_and_the_next_one_works(session, contract, sealing):
    token = token_of(issue(session, contract, sealing))
    revoke_link(session, contract_id=contract.id, at=AT)
    with pytest.raises(LinkRevoked):
        open_link(session, token=token, at=AT)
    again = token_of(issue(session, contract, sealing))
    assert again != token
    open_link(session, token=again, at=AT)


def test_editing_revokes_and_saving_the_same_does_not(session, contract, sealing):
    token = token_of(issue(session, contract, sealing))
    a_contract(session, contract_id=contract.id)
    open_link(session, token=token, at=AT)
    a_contract(session, contract_id=contract.id, content="<p>Otro</p>")
    with pytest.raises(LinkRevoked):
        open_link(session, token=token, at=AT)


def test_a_signed_contract_gets_no_link_and_its_old_one_goes_on_showing_it(session, contract, sealing):
    token = token_of(issue(session, contract, sealing))
    sign_in_person(session, contract_id=contract.id, signed=a_signature(), at=AT, witness="Raúl")
    with pytest.raises(ContractAlreadySigned):
        issue(session, contract, sealing)
    assert shown_by_link(session, open_link(session, token=token, at=AT))["signed_at"] == AT


def test_a_stranger_issues_no_link_for_our_contract(database, sealing):
    with database.begin(COMPANY) as session:
        acquaint(session)
        contract = a_contract(session)
    with database.begin(STRANGER) as theirs, pytest.raises(NotFound):
        issue(theirs, contract, sealing)
