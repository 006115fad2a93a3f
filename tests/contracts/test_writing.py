"""Drafting from a template, saving, editing, and whose contract is whose."""

from __future__ import annotations

from datetime import date

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.outbox import announced
from services.contracts import queries, writing
from services.contracts.errors import (
    ChangedMeanwhile,
    ContractAlreadySigned,
    ContractExists,
    EndsBeforeItStarts,
    InstallationCancelled,
    UnknownTags,
)
from services.contracts.projections import learn_cancelled, learn_installation
from services.contracts.signing import sign_in_person
from services.contracts.templates import save_template
from tests.contracts.builders import AT, a_contract, a_signature, acquaint, cancelled, scheduled
from tests.samples import COMPANY, MARIA, STRANGER


def edit(session, contract, **changed):
    values = {"content": "<p>Nuevo</p>", "version": contract.edition}
    return a_contract(session, contract_id=contract.id, **(values | changed))


def test_a_draft_has_the_installation_s_data_in_the_company_s_language(session):
    text = writing.draft(session, installation_id=MARIA, template_id=None, at=AT)
    for expected in ("Redes del Valle", "María López Hernández", "Residencial 20M", "$350.00", "20 Mbps", "Tepoztlán"):
        assert expected in text
    assert "{{" not in text


def test_a_draft_from_a_chosen_template(session):
    template = save_template(session, name="Corto", content="<p>{{ cliente.nombres }}</p>")
    session.flush()
    assert writing.draft(session, installation_id=MARIA, template_id=template.id, at=AT) == "<p>María</p>"


def test_markup_in_a_name_is_shown_and_not_obeyed(database):
    with database.begin(COMPANY) as session:
        acquaint(session, first_name="<script>alert(1)</script>", last_name='"><img src=x>')
        contract = a_contract(session, content="<p>{{ cliente.nombre }}</p>")
        assert "<script" not in contract.content and "<img" not in contract.content
        assert "&lt;script&gt;" in contract.content


def test_a_saved_contract_waits_for_its_signature(session):
    contract = a_contract(session, content="<p>{{ cliente.nombres }}<script>x</script></p>", ends_on=date(2027, 1, 1))
    assert (contract.content, contract.state, contract.edition) == ("<p>María</p>", "pending", 1)
    assert [event.type for event in announced(session)] == ["ContractCreated"]
    shown = queries.get_for_installation(session, installation_id=MARIA, at=AT)
    assert shown["contract_id"] == contract.id
    assert shown["pdf"] == {"state": "none", "readable": False}
    assert (shown["link"], shown["attachments"], shown["signer_name"]) == (None, [], None)


def test_an_installation_without_a_contract_has_none(session):
    assert queries.get_for_installation(session, installation_id=MARIA, at=AT) is None


def test_editing_takes_the_edition_that_was_read(session):
    contract = a_contract(session)
    assert edit(session, contract).content == "<p>Nuevo</p>"
    with pytest.raises(ChangedMeanwhile):
        edit(session, contract, content="<p>Otro</p>", version=1)
    assert contract.content == "<p>Nuevo</p>"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"content": "<p>{{ nada }}</p>"}, UnknownTags),
        ({"starts_on": date(2026, 2, 2), "ends_on": date(2026, 2, 1)}, EndsBeforeItStarts),
        ({"installation_id": new_id()}, NotFound),
        ({"contract_id": new_id()}, NotFound),
    ],
)
def test_what_is_not_saved(session, changed, error):
    with pytest.raises(error):
        a_contract(session, **changed)
    assert queries.get_for_installation(session, installation_id=MARIA, at=AT) is None


def test_there_is_one_unsigned_contract_at_a_time(session):
    a_contract(session)
    with pytest.raises(ContractExists):
        a_contract(session)


def test_a_signed_contract_is_not_edited_and_a_new_one_may_be_written_beside_it(session):
    first = a_contract(session)
    sign_in_person(session, contract_id=first.id, signed=a_signature(), at=AT, witness=None)
    with pytest.raises(ContractAlreadySigned):
        edit(session, first)
    second = a_contract(session, content="<p>Otro</p>")
    assert (first.state, second.state) == ("pending", "pending")
    sign_in_person(session, contract_id=second.id, signed=a_signature(), at=AT, witness=None)
    assert (first.state, second.state) == ("replaced", "pending")


def test_nothing_is_written_for_a_cancelled_job(session):
    learn_cancelled(session, cancelled())
    with pytest.raises(InstallationCancelled):
        a_contract(session)


def test_a_contract_is_not_edited_through_another_installation(session):
    contract = a_contract(session)
    other = new_id()
    learn_installation(session, scheduled(installation_id=other))
    session.flush()
    with pytest.raises(NotFound, match="contract-not-found"):
        edit(session, contract, installation_id=other)


def test_a_stranger_can_neither_draft_nor_edit_nor_read_ours(database):
    with database.begin(COMPANY) as session:
        acquaint(session)
        contract = a_contract(session)
    with database.begin(STRANGER) as theirs:
        acquaint(theirs, STRANGER, STRANGER)
        with pytest.raises(NotFound):
            writing.draft(theirs, installation_id=MARIA, template_id=None, at=AT)
        with pytest.raises(NotFound):
            edit(theirs, contract, installation_id=STRANGER)
        with pytest.raises(NotFound):
            queries.get_contract(theirs, contract_id=contract.id, at=AT)
        assert queries.get_for_installation(theirs, installation_id=MARIA, at=AT) is None
