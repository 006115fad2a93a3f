"""PRE-6, PRE-7: the list of requests, and how they leave it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.errors import NotFound
from chassis.identifiers import new_id
from events.gateway import CompanyChanged
from events.installations import InstallationScheduled
from services.preinstall import queries, submitting
from services.preinstall.errors import NotKnownYet
from services.preinstall.model import KnownInstallation
from services.preinstall.projections import learn_company, learn_installation
from services.preinstall.service import Preinstall
from services.preinstall.settings import PreinstallSettings
from tests.preinstall.builders import NOON, PAPERS, list_requests, scheduled, submit, told_last, types
from tests.samples import COMPANY, STRANGER, told


def listed(session, **filters):
    return [row.first_name for row in list_requests(session, **filters).rows]


@pytest.fixture
def service(database):
    return Preinstall(PreinstallSettings(database_url="", amqp_uri="amqp:"), database=database)


def test_an_installation_of_a_request_approves_it_once(session, service):
    request = submit(session)
    event = scheduled(request)
    for _ in range(2):
        service.on_installation_scheduled(session, event)
        session.flush()
    assert types(session) == ["PreinstallSubmitted", "PreinstallApproved"]
    data = told_last(session)
    assert data["installation_id"] == str(event.installation_id)
    assert [each["kind"] for each in data["documents"]] == list(PAPERS)
    assert (request.state, request.version, request.installation_id) == ("approved", 2, event.installation_id)
    assert [listed(session, state=state) for state in ("open", "approved", None)] == [[], ["María"], ["María"]]
    assert queries.summary(session)["open_requests"] == 0


def test_its_address_belongs_to_the_installation_then(session, service):
    request = submit(session)
    event = scheduled(request, email="Maria@example.net")
    service.on_installation_scheduled(session, event)
    session.flush()
    assert request.open_email is None
    assert session.get(KnownInstallation, event.installation_id).email == "maria@example.net"


def test_an_installation_without_a_request_only_teaches_its_address(session, service):
    request = submit(session)
    service.on_installation_scheduled(session, scheduled(request, preinstall_request_id=None))
    assert request.state == "open"


def test_a_request_of_nobody_is_said_and_not_swallowed(session):
    with pytest.raises(NotKnownYet):
        submitting.approve(session, request_id=new_id(), installation_id=new_id(), at=NOON)


def test_requests_are_searched_filtered_and_paged(session):
    for day, name in enumerate(("Ana", "Beto", "José")):
        submit(session, at=NOON + timedelta(days=day), first_name=name, email=f"{name.lower()}x@example.net")
    assert listed(session) == ["José", "Beto", "Ana"]
    assert listed(session, search="jose hidalgo") == ["José"]
    assert len(listed(session, search="5512345678")) == 3
    assert listed(session, from_on=NOON.date(), to_on=NOON.date()) == ["Ana"]
    page = list_requests(session, limit=2)
    assert listed(session, limit=2, after=page.next) == ["Ana"]
    assert list_requests(session, limit=2, before=list_requests(session, limit=2, after=page.next).previous) == page
    assert queries.summary(session)["by_state"]["open"] == queries.summary(session)["open_requests"] == 3


def test_pre_6_requests_are_ordered_and_narrowed_by_where_they_came_from_and_by_likeness(session):
    _, beto, eva = (
        submit(session, first_name=name, email=f"{name}@example.net", city=city, campaign=campaign, **rest)
        for name, city, campaign, rest in (
            ("Ana", "Yautepec", {"source": "Facebook"}, {"phone": "777 111 2222", "address": "Otra 1"}),
            ("beto", None, None, {}),
            ("Eva", "Ameca", {"source": "radio", "name": "navidad"}, {"phone": "777 333 4444", "address": "Otra 3"}),
        )
    )
    submitting.reject(session, request_id=beto.id, reason="far away", at=NOON)
    assert listed(session, sort="person") == ["Ana", "beto", "Eva"]
    assert listed(session, sort="-city") == ["Ana", "Eva", "beto"]
    assert listed(session, sort="source") == ["beto", "Ana", "Eva"]
    assert listed(session, sort="-state") == ["beto", "Eva", "Ana"]
    assert listed(session, source="FACEBOOK", city="yautepec", state="open") == ["Ana"]
    assert listed(session, duplicated=True) == []
    again = submit(session, first_name="Anita", email=None, phone="777-111-2222", address="Otra 5")
    assert listed(session, duplicated=True, sort="person") == ["Ana", "Anita"]
    own = scheduled(again, phone=again.phone, address=again.address)
    learn_installation(session, own)
    submitting.approve(session, request_id=again.id, installation_id=own.installation_id, at=NOON)
    stranger = told(InstallationScheduled, installation_id=new_id(), phone=eva.phone, address="Otra 6")
    learn_installation(session, stranger)
    assert listed(session, duplicated=True, sort="person", state="open") == ["Ana", "Eva"]
    assert [row.duplicated for row in list_requests(session, sort="person").rows] == [True, True, False, True]


def test_days_are_the_companys(session):
    submit(session, at=NOON + timedelta(hours=11))  # 23:00 in Mexico City, tomorrow in UTC
    assert listed(session, from_on=NOON.date(), to_on=NOON.date()) == ["María"]
    assert listed(session, from_on=NOON.date() + timedelta(days=1)) == []


def test_another_company_sees_nothing_of_it(database):
    with database.begin(COMPANY) as ours:
        learn_company(ours, told(CompanyChanged))
        request = submit(ours)
        document = request.documents[0]
    with database.begin(STRANGER) as theirs:
        learn_company(theirs, told(CompanyChanged, company_id=STRANGER))
        assert listed(theirs) == []
        with pytest.raises(NotFound):
            queries.get_request(theirs, request_id=request.id)
        with pytest.raises(NotFound):
            queries.open_document(theirs, document_id=document.id)
        with pytest.raises(NotKnownYet):
            submitting.approve(theirs, request_id=request.id, installation_id=new_id(), at=NOON)
