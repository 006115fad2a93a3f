"""PRE-8: a request is rejected with a reason, followed by its number, compared with others, and says how it came."""

from __future__ import annotations

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from events.installations import InstallationActivated, InstallationCancelled
from services.preinstall import queries, rejecting, schemas, submitting
from services.preinstall.errors import RequestNotOpen
from services.preinstall.projections import learn_cancelled, learn_installation
from tests.preinstall.builders import NOON, list_requests, scheduled, submit, told_last, types
from tests.samples import told

REASON = "Todavía no llegamos a tu zona."


def reject(session, request):
    return submitting.reject(session, request_id=request.id, reason=REASON, at=NOON)


def followed(session, request):
    return queries.track(session, tracking_number=f" {request.tracking_number.lower()} ")


def reasons(session, request):
    found = queries.get_request(session, request_id=request.id).duplicates
    return {(other["kind"], *other["reasons"]) for other in found}


def test_a_rejected_request_is_told_with_its_reason_and_its_address_is_free_again(session):
    request = reject(session, submit(session))
    assert types(session) == ["PreinstallSubmitted", "PreinstallRejected"]
    assert (told_last(session)["reason"], told_last(session)["email"]) == (REASON, "maria@example.net")
    with pytest.raises(RequestNotOpen):
        reject(session, request)
    assert submit(session).state == "open"


def test_one_that_was_approved_is_not_rejected_and_an_installation_counts_more_than_a_rejection(session):
    approved, rejected = submit(session), submit(session, email=None)
    submitting.approve(session, request_id=approved.id, installation_id=new_id(), at=NOON)
    with pytest.raises(RequestNotOpen):
        reject(session, approved)
    reject(session, rejected)
    submitting.approve(session, request_id=rejected.id, installation_id=new_id(), at=NOON)
    assert (rejected.state, rejected.reject_reason) == ("approved", None)


def test_whoever_has_the_number_learns_what_became_of_it(session):
    request = submit(session)
    assert followed(session, request)["state"] == "open"
    event = scheduled(request)
    learn_installation(session, event)
    session.flush()
    submitting.approve(session, request_id=request.id, installation_id=event.installation_id, at=NOON)
    assert followed(session, request) | {"submitted_at": None} == {
        "state": "approved", "submitted_at": None, "reject_reason": None, "installation_state": "new",
        "scheduled_at": event.scheduled_at,
    }  # fmt: skip
    active = told(InstallationActivated, installation_id=event.installation_id, state="active", version=9)
    learn_installation(session, active)
    assert followed(session, request)["installation_state"] == "active"
    other = reject(session, submit(session, email=None))
    assert followed(session, other)["reject_reason"] == REASON
    with pytest.raises(NotFound):
        queries.track(session, tracking_number="NADA")


@pytest.mark.parametrize(
    ("changed", "common"),
    [
        ({"phone": "55-1234-5678", "address": "Otra 1"}, "phone"),
        ({"phone": "777 111 2222", "address": "AV HIDALGO #12", "city": "tepoztlan"}, "address"),
        ({"phone": "777 111 2222", "address": "Otra 1", "official_id": "lohm 850312"}, "identity"),
    ],
)
def test_who_asks_twice_is_seen_however_they_write_it(session, changed, common):
    first = submit(session, official_id="LOHM850312")
    second = submit(session, email=None, **changed)
    assert reasons(session, second) == {("request", common)}
    assert [row.duplicated for row in list_requests(session).rows] == [True, True]
    assert reasons(session, first) == {("request", common)}


def test_a_client_is_seen_and_somebody_else_or_ones_own_installation_is_not(session):
    request = submit(session)
    own = scheduled(request, phone=request.phone, address=request.address, city=request.city)
    learn_installation(session, own)
    submitting.approve(session, request_id=request.id, installation_id=own.installation_id, at=NOON)
    assert reasons(session, request) == set()
    other = submit(session, email=None, phone="777 111 2222", address="Otra 1")
    assert reasons(session, other) == set()
    again = submit(session, email=None, address="Otra 2")
    assert ("installation", "phone") in reasons(session, again)
    learn_cancelled(session, told(InstallationCancelled, installation_id=own.installation_id, version=9))
    assert reasons(session, again) == {("request", "phone")}


def test_how_they_came_is_kept(session):
    campaign = {"source": "facebook", "referrer": "veloz.example"}
    assert submit(session, campaign=campaign).campaign == campaign
    with pytest.raises(Exception, match="campaign"):
        schemas.Submit().load({"campaign": {"script": "x"}})


def test_pre_6_many_are_rejected_and_each_that_cannot_be_is_named(session):
    first, second, approved = submit(session), submit(session, email=None), submit(session, email=None)
    submitting.approve(session, request_id=approved.id, installation_id=new_id(), at=NOON)
    unknown = new_id()
    ids = [first.id, approved.id, second.id, unknown, first.id]
    told = rejecting.reject_many(session, request_ids=ids, reason=REASON, at=NOON)
    assert told["rejected"] == 2 and {first.state, second.state} == {"rejected"}
    refused = {each["request_id"]: (each["person"], each["code"]) for each in told["refused"]}
    assert refused == {
        approved.id: ("María López", "request-not-open"),
        unknown: (None, "request-not-found"),
    }
    assert approved.state == "approved"
    again = rejecting.reject_many(session, request_ids=[first.id], reason=REASON, at=NOON)
    assert again["rejected"] == 0
