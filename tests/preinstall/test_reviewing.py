"""PRE-6, PRE-8: requests are put aside, merged, told apart and handed over; the next one is always known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from events.installations import InstallationActivated, InstallationCancelled
from services.preinstall import queries, reviewing
from services.preinstall.errors import InstallationUnknown, RequestNotOpen, SameRequest
from services.preinstall.projections import learn_cancelled, learn_installation
from services.preinstall.submitting import reject
from tests.preinstall.builders import NOON, an_upload, list_requests, submit, told_last, types
from tests.preinstall.test_rejecting import reasons
from tests.samples import told


def test_pre_6_one_put_aside_is_found_again_and_is_like_the_others_without_its_note(session):
    request, other = submit(session), submit(session, email=None)
    reviewing.flag(session, request_id=request.id, note="Llamar por la tarde")
    assert [row.id for row in list_requests(session, flagged=True).rows] == [request.id]
    reviewing.flag(session, request_id=request.id, note=None)
    assert list_requests(session, flagged=True).rows == []
    reviewing.flag(session, request_id=other.id, note="Falta comprobante")
    reject(session, request_id=other.id, reason="x", at=NOON)
    assert other.flag_note is None
    with pytest.raises(RequestNotOpen):
        reviewing.flag(session, request_id=other.id, note="x")


def test_pre_8_of_two_requests_of_one_person_one_stays_with_what_both_said(session):
    kept = submit(session, email=None, city=None, documents=[an_upload("id_front"), *PAPERS_LEFT])
    asked_again = submit(
        session,
        phone="777 111 2222",
        comments="Perro bravo",
        documents=[an_upload("id_front", filename="otra.jpg"), *PAPERS_LEFT, an_upload("coupon")],
    )
    reviewing.merge(session, request_id=asked_again.id, into_id=kept.id)
    assert (kept.email, kept.city, kept.second_phone) == ("maria@example.net", "Tepoztlán", "777 111 2222")
    assert kept.comments == "Portón verde\nPerro bravo"
    shown = [(each.kind, each.filename) for each in queries.get_request(session, request_id=kept.id).documents]
    assert ("coupon", "coupon.jpg") in shown and ("id_front", "id_front.jpg") in shown and len(shown) == 4
    assert (asked_again.state, types(session)[-1]) == ("merged", "PreinstallMerged")
    assert told_last(session)["into_request_id"] == str(kept.id)
    reject(session, request_id=kept.id, reason="Sin cobertura", at=NOON)
    followed = queries.track(session, tracking_number=asked_again.tracking_number)
    assert (followed["state"], followed["reject_reason"]) == ("rejected", "Sin cobertura")


PAPERS_LEFT = [an_upload("id_back"), an_upload("proof_of_address")]


def test_pre_8_only_open_requests_are_merged_and_none_into_itself(session):
    one, other = submit(session), submit(session, email=None)
    with pytest.raises(SameRequest):
        reviewing.merge(session, request_id=one.id, into_id=one.id)
    reject(session, request_id=other.id, reason="x", at=NOON)
    for pair in ((one.id, other.id), (other.id, one.id)):
        with pytest.raises(RequestNotOpen):
            reviewing.merge(session, request_id=pair[0], into_id=pair[1])
    with pytest.raises(NotFound):
        reviewing.merge(session, request_id=one.id, into_id=new_id())


def test_pre_8_two_that_were_told_apart_are_no_duplicates_of_each_other_any_more(session):
    one, other, third = submit(session), submit(session, email=None), submit(session, email=None)
    reviewing.tell_apart(session, request_id=one.id, other_id=other.id)
    reviewing.tell_apart(session, request_id=other.id, other_id=one.id)
    assert len(reasons(session, one)) == 1
    reviewing.tell_apart(session, request_id=one.id, other_id=third.id)
    assert (reasons(session, one), len(reasons(session, other))) == (set(), 1)
    assert {row.id: row.duplicated for row in list_requests(session).rows} == {
        one.id: False, other.id: True, third.id: True,
    }  # fmt: skip
    assert {row.id for row in list_requests(session, duplicated=True).rows} == {other.id, third.id}


def test_pre_8_the_papers_of_somebody_who_is_a_client_already_go_to_the_client(session):
    request, client = submit(session), told(InstallationActivated, installation_id=new_id(), state="active")
    with pytest.raises(InstallationUnknown):
        reviewing.hand_over(session, request_id=request.id, installation_id=client.installation_id, at=NOON)
    learn_installation(session, client)
    reviewing.hand_over(session, request_id=request.id, installation_id=client.installation_id, at=NOON)
    assert (request.state, types(session)[-1]) == ("approved", "PreinstallApproved")
    assert len(told_last(session)["documents"]) == 3
    with pytest.raises(RequestNotOpen):
        reviewing.hand_over(session, request_id=request.id, installation_id=client.installation_id, at=NOON)
    learn_cancelled(session, told(InstallationCancelled, installation_id=client.installation_id, version=9))
    again = submit(session, email="otra@example.net")
    with pytest.raises(InstallationUnknown):
        reviewing.hand_over(session, request_id=again.id, installation_id=client.installation_id, at=NOON)


def test_pre_6_ten_requests_in_a_morning_each_leads_to_the_next(session):
    ids = [submit(session, email=None, at=NOON + timedelta(minutes=n)).id for n in range(3)]
    assert queries.next_open(session, request_id=None) == {"request_id": ids[2], "waiting": 3}
    middle = queries.get_request(session, request_id=ids[1]).ahead
    assert middle == {"next_id": ids[0], "previous_id": ids[2], "open_requests": 3}
    reject(session, request_id=ids[0], reason="x", at=NOON)
    assert queries.next_open(session, request_id=ids[0]) == {"request_id": ids[2], "waiting": 2}
    for one in ids[1:]:
        reject(session, request_id=one, reason="x", at=NOON)
    assert queries.next_open(session, request_id=ids[2]) == {"request_id": None, "waiting": 0}


def test_ins_6_each_number_of_a_source_is_proven_by_the_list_of_it(session):
    became = submit(session, campaign={"source": "facebook"})
    refused = submit(session, email=None, campaign={"source": "facebook"})
    submit(session, email=None)
    client = told(InstallationActivated, installation_id=new_id(), state="active")
    learn_installation(session, client)
    reviewing.hand_over(session, request_id=became.id, installation_id=client.installation_id, at=NOON)
    reject(session, request_id=refused.id, reason="x", at=NOON)
    for row in queries.funnel(session, at=NOON, month="2026-11"):
        theirs = {"source": row["source"] or None, "unsourced": not row["source"], "to_on": "2026-11-30"}
        assert len(list_requests(session, **theirs).rows) == row["requests"]
        assert len(list_requests(session, state="approved", **theirs).rows) == row["approved"]
        assert len(list_requests(session, clients=True, **theirs).rows) == row["clients"]
    learn_cancelled(session, told(InstallationCancelled, installation_id=client.installation_id, version=9))
    assert list_requests(session, clients=True).rows == []
