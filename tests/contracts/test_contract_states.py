"""Which moves a contract allows, from every state that there is."""

from __future__ import annotations

from datetime import date

import pytest

from services.contracts.errors import (
    ChangedMeanwhile,
    ContractAlreadySigned,
    ContractNotPending,
    ContractNotSigned,
    EndsBeforeItStarts,
    PdfNotReady,
)
from services.contracts.model import ACTIVE, ENDED, NO_PDF, PENDING, READY, RENDERING, REPLACED, Contract
from tests.contracts.builders import AT


def in_state(state: str, *, signed: bool = False) -> Contract:
    return Contract(
        state=state,
        signed_at=AT if signed else None,
        content="<p>a</p>",
        starts_on=None,
        ends_on=None,
        edition=1,
        version=1,
        pdf_state=NO_PDF,
        pdf_key=None,
    )


UNSIGNED, SIGNED = (PENDING, False), (PENDING, True)
MOVES = {
    "edit": lambda c: c.edit(content="<p>b</p>", starts_on=None, ends_on=None, edition=None),
    "sign": lambda c: c.sign(AT),
    "activate": lambda c: c.activate(AT),
    "end": lambda c: c.end(),
    "replace": lambda c: c.replace(),
    "begin_pdf": lambda c: c.begin_pdf(),
}
LEADS_TO = {
    UNSIGNED: {
        "edit": PENDING,
        "sign": PENDING,
        "activate": ContractNotSigned,
        "end": ENDED,
        "replace": REPLACED,
        "begin_pdf": ContractNotSigned,
    },
    SIGNED: {
        "edit": ContractAlreadySigned,
        "sign": ContractAlreadySigned,
        "activate": ACTIVE,
        "end": ENDED,
        "replace": REPLACED,
        "begin_pdf": PENDING,
    },
    (ACTIVE, True): {
        "edit": ContractAlreadySigned,
        "sign": ContractAlreadySigned,
        "activate": ContractNotPending,
        "end": ENDED,
        "replace": REPLACED,
        "begin_pdf": ACTIVE,
    },
    (ENDED, False): dict.fromkeys(["edit", "sign", "activate", "end", "replace"], ContractNotPending),
    (REPLACED, True): {
        "edit": ContractAlreadySigned,
        "sign": ContractAlreadySigned,
        "activate": ContractNotPending,
        "end": ContractNotPending,
        "replace": ContractNotPending,
        "begin_pdf": REPLACED,
    },
}
CASES = [(*state, move, leads) for state, moves in LEADS_TO.items() for move, leads in moves.items()]


@pytest.mark.parametrize(("state", "signed", "move", "leads"), CASES)
def test_every_move_from_every_state(state, signed, move, leads):
    contract = in_state(state, signed=signed)
    if isinstance(leads, str):
        MOVES[move](contract)
        assert (contract.state, contract.version) == (leads, 2)
    else:
        with pytest.raises(leads):
            MOVES[move](contract)
        assert (contract.state, contract.version) == (state, 1)


def test_saving_the_same_again_is_no_new_edition():
    contract = in_state(PENDING)
    assert not contract.edit(content="<p>a</p>", starts_on=None, ends_on=None, edition=1)
    assert contract.edit(content="<p>a</p>", starts_on=date(2026, 1, 1), ends_on=None, edition=1)
    assert contract.edition == 2


def test_an_editor_who_began_with_an_older_edition_is_told():
    contract = in_state(PENDING)
    contract.edit(content="<p>b</p>", starts_on=None, ends_on=None, edition=1)
    with pytest.raises(ChangedMeanwhile):
        contract.edit(content="<p>c</p>", starts_on=None, ends_on=None, edition=1)


def test_it_does_not_end_before_it_starts():
    with pytest.raises(EndsBeforeItStarts):
        in_state(PENDING).edit(content="<p>a</p>", starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 31), edition=None)


def test_an_older_pdf_stays_readable_while_the_new_one_is_made_and_when_that_fails():
    contract = in_state(PENDING, signed=True)
    with pytest.raises(PdfNotReady):
        contract.readable_pdf()
    contract.begin_pdf()
    contract.pdf_ready(file_key="one", sha256="00")
    assert (contract.pdf_state, contract.readable_pdf()) == (READY, "one")
    contract.begin_pdf()
    assert (contract.pdf_state, contract.readable_pdf()) == (RENDERING, "one")
    contract.pdf_failed()
    assert contract.readable_pdf() == "one"
