"""Every command leaves a row that says who changed what, in the same transaction; nobody can change it afterwards."""

import uuid

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from chassis import clock
from chassis.auditing import Recording, find
from chassis.calls import Actor
from chassis.errors import Conflict, NotAllowed
from chassis.rpc.answering import Answering
from chassis.settings import ServiceSettings
from chassis.storage.tables import audit
from tests.chassis.parcel_service import Parcels
from tests.chassis.parcels import Parcel

OWNER = {"kind": "staff", "id": "s1", "name": "José Ruiz", "role": "owner", "ip": "10.1.2.3"}


@pytest.fixture
def ask(database, company):
    answering = Answering(Parcels(ServiceSettings(database_url="", amqp_uri=""), database=database))

    def ask(method, data, *, of=company, **actor):
        given = {"company_id": str(of), "actor": OWNER | actor, "locale": "es_MX", "correlation_id": "click"}
        return answering.answer(method, given, data)

    return ask


def send(ask, name="books", **by):
    identity = str(uuid.uuid4())
    ask("send", {"id": identity, "name": name}, **by)
    return identity


def test_who_did_what_when_and_from_where(ask):
    identity = send(ask)
    (row,) = ask("audit_find", {})["rows"]
    assert (row["actor_name"], row["actor_role"], row["ip"]) == ("José Ruiz", "owner", "10.1.2.3")
    assert (row["method"], row["subject"], row["correlation_id"]) == ("parcels.send", identity, "click")
    (change,) = row["changes"]
    assert (change["how"], change["fields"]["name"]) == ("added", [None, "books"])


def test_a_change_says_what_it_was_before(ask):
    identity = send(ask, "atlas")
    ask("sign_for", {"name": "atlas"})
    newest = ask("audit_find", {"subject": identity})["rows"][0]
    (change,) = newest["changes"]
    assert (change["how"], change["fields"]) == ("changed", {"name": ["atlas", "signed"]})


def test_what_was_refused_or_changed_nothing_leaves_no_row(ask):
    send(ask)
    with pytest.raises(Conflict):
        send(ask)
    ask("count_up", {"id": str(uuid.uuid4()), "name": "books"})
    assert len(ask("audit_find", {})["rows"]) == 1


def test_of_many_that_were_changed_alike_each_has_a_row(database, company):
    with database.begin(company) as session:
        recording = Recording(session)
        many = [Parcel(id=uuid.uuid4(), name=name) for name in ("atlas", "globe")]
        session.add_all(many)
        recording.write(actor=Actor(**OWNER), method="parcels.send_many", at=clock.now(), correlation_id=None)
        recording.end()
        session.add(Parcel(id=uuid.uuid4(), name="lamp"))
        session.flush()
        assert len(find(session).rows) == 2, "what came after is another's"
        for parcel in many:
            (row,) = find(session, subject=str(parcel.id)).rows
            assert [change["fields"]["name"] for change in row.changes] == [[None, parcel.name]]


def test_found_by_person_and_by_words_without_accents(ask):
    send(ask, "Atlas de España")
    send(ask, "globe", id="s2")
    assert [row["actor_id"] for row in ask("audit_find", {"person": "s2"})["rows"]] == ["s2"]
    (found,) = ask("audit_find", {"search": "espana jose"})["rows"]
    assert found["actor_id"] == "s1"


def test_each_company_sees_its_own_and_only_its_owner(ask, stranger):
    send(ask)
    assert ask("audit_find", {}, of=stranger)["rows"] == []
    with pytest.raises(NotAllowed):
        ask("audit_find", {}, role="office")


def test_pages_lead_on_without_a_row_lost_or_doubled(ask):
    sent = [send(ask, f"parcel {number}") for number in range(5)]
    first = ask("audit_find", {"limit": 2})
    second = ask("audit_find", {"limit": 5, "after": first["rows"][-1]["cursor"]})
    assert [row["subject"] for row in first["rows"] + second["rows"]] == sent[::-1]


@pytest.mark.parametrize("change", [update(audit).values(actor_name="Nobody"), delete(audit)])
def test_the_database_refuses_to_change_a_row(ask, database, change):
    send(ask)
    with pytest.raises(DatabaseError, match="only ever added to"), database.begin_unscoped() as session:
        session.connection().execute(change)
