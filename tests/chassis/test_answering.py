"""A command or a question, answered with a real database and no broker."""

import threading
import uuid

import pytest
import structlog
from sqlalchemy import func, select
from structlog.testing import capture_logs

from chassis import crashpoints
from chassis.errors import Conflict, Internal, NotAllowed, NotFound, Refusal, Unavailable, ValidationFailed
from chassis.rpc.answering import Answering
from chassis.settings import ServiceSettings
from chassis.storage import Database
from chassis.storage.tables import idempotency, outbox
from tests.chassis.parcel_service import Parcels
from tests.chassis.parcels import Parcel, a_parcel
from tests.hosting import on_sqlite


@pytest.fixture
def service(database):
    return Parcels(ServiceSettings(database_url="", amqp_uri=""), database=database)


@pytest.fixture
def ask(service, company):
    answering = Answering(service)

    def ask(method, data=None, **context):
        actor = {"kind": "staff", "id": "s1", "name": "Ana", "role": "owner"}
        given = {"company_id": str(company), "actor": actor, "locale": "es_MX", "correlation_id": "click"}
        return answering.answer(method, given | context, data if data is not None else {})

    return ask


def a_request(**changes):
    return {"id": str(uuid.uuid4()), "name": "books", **changes}


def count(database, table):
    with database.read_unscoped() as session:
        return session.connection().execute(select(func.count()).select_from(table)).scalar_one()


def parcels(database, company):
    with database.read(company) as session:
        return session.scalar(select(func.count()).select_from(Parcel))


def test_a_command_answers_what_its_schema_gives(ask, database, company):
    request = a_request(name="  books ")
    assert ask("send", request) == {"id": request["id"], "name": "books", "sent_at": "2026-11-23T12:00:00+00:00"}
    assert parcels(database, company) == count(database, outbox) == 1


def test_a_client_is_answered_only_what_is_for_clients(ask):
    client = {"kind": "client", "name": "María"}
    assert ask("echo", actor=client)["actor"] == "María"
    for method in ("send", "get"):
        with pytest.raises(NotAllowed, match="not-for-clients"):
            ask(method, a_request(), actor=client)


def test_a_question_sees_its_company_alone(ask, stranger):
    request = a_request()
    ask("send", request)
    assert ask("get", {"id": request["id"]})["name"] == "books"
    with pytest.raises(NotFound, match="parcel-not-found"):
        ask("get", {"id": request["id"]}, company_id=str(stranger))


def test_a_question_cannot_write(ask, database, company):
    with pytest.raises((Internal, Unavailable)):
        ask("write_in_a_question")
    assert parcels(database, company) == 0


def test_the_context_is_at_hand(ask):
    assert ask("echo") == {"actor": "Ana", "locale": "es_MX"}


def test_a_refused_command_leaves_nothing(ask, database, company):
    ask("send", a_request())
    with pytest.raises(Conflict) as refused:
        ask("send", a_request(), idempotency_key="k")
    assert (refused.value.code, refused.value.params) == ("name-taken", {"name": "books"})
    assert (parcels(database, company), count(database, outbox), count(database, idempotency)) == (1, 1, 0)


@on_sqlite
@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        ({"name": "x"}, "id", "required"),
        ({"id": "7", "name": "x"}, "id", "invalid-id"),
        ({"id": str(uuid.uuid4()), "name": " "}, "name", "required"),
        ({"id": str(uuid.uuid4()), "name": "x" * 21}, "name", "too-long"),
        ({"id": str(uuid.uuid4()), "name": "x", "price": 1}, "price", "unknown-field"),
        ([], "_schema", "invalid"),
        ("text", "_schema", "invalid"),
    ],
)
def test_bad_data_is_refused_field_by_field(ask, data, field, code):
    with pytest.raises(ValidationFailed) as refused:
        ask("send", data)
    assert refused.value.code == "invalid-input"
    assert [each["code"] for each in refused.value.fields[field]] == [code]


def test_an_unknown_method_is_not_found(ask):
    with pytest.raises(NotFound, match="method-not-found"):
        ask("drop_everything")


@on_sqlite
@pytest.mark.parametrize("method", ["database", "weigh", "__init__", "close"])
def test_what_was_not_declared_cannot_be_called(ask, method):
    with pytest.raises(NotFound, match="method-not-found"):
        ask(method)


@on_sqlite
@pytest.mark.parametrize(
    "context",
    [
        {"company_id": "not-an-id"},
        {"actor": "Ana"},
        {"actor": {"kind": ["staff"]}},
        {"actor": {"kind": "staff", "name": {"$ne": 1}}},
        {"idempotency_key": "k" * 201},
        {"correlation_id": 7},
    ],
)
def test_a_context_that_makes_no_sense_is_refused(ask, context):
    with pytest.raises(NotAllowed, match="context-invalid"):
        ask("echo", **context)


def test_without_a_company_only_what_is_public_is_answered(ask):
    with pytest.raises(NotAllowed, match="company-missing"):
        ask("echo", company_id=None)
    with pytest.raises(NotFound):
        ask("track", {"name": "books"}, company_id=None)


def test_a_public_command_finds_out_whose_request_it_is(ask, database, company):
    ask("send", a_request())
    answer = ask("sign_for", {"name": "books"}, company_id=None, actor={"kind": "public"})
    assert answer == {"company_id": str(company)}
    assert ask("track", {"name": "signed"}, company_id=None)["name"] == "signed"


def test_a_mistake_tells_nothing_but_the_correlation_id(ask):
    with pytest.raises(Internal) as told:
        ask("break_down")
    assert told.value.as_dict() == {
        "kind": "internal", "code": "internal-error", "params": {"correlation_id": "click"}, "fields": {},
    }  # fmt: skip


def test_what_is_transient_outside_is_unavailable(ask):
    with pytest.raises(Unavailable) as told:
        ask("wait_for_others")
    assert (told.value.code, told.value.params) == ("router-offline", {"router": "r1"})


def test_without_its_database_a_service_is_unavailable(company, tmp_path):
    away = Database("postgresql://alta:x@127.0.0.1:9/none")
    lost = Answering(Parcels(ServiceSettings(database_url="", amqp_uri=""), database=away))
    for method, data in (("send", a_request()), ("get", {"id": str(uuid.uuid4())})):
        with pytest.raises(Unavailable, match="database-away"):
            lost.answer(method, {"company_id": str(company)}, data)


# ---- asking twice


def test_the_same_key_is_answered_from_memory(ask, database, company):
    request = a_request()
    first = ask("send", request, idempotency_key="k")
    assert ask("send", request, idempotency_key="k") == first
    assert parcels(database, company) == count(database, outbox) == 1


@pytest.mark.parametrize("method", ["send", "ask_for_work"])
def test_the_same_key_for_something_else_is_a_conflict(ask, database, company, method):
    request = a_request()
    ask("send", request, idempotency_key="k")
    other = a_request(name="another") if method == "send" else request
    with pytest.raises(Conflict, match="idempotency-key-reused"):
        ask(method, other, idempotency_key="k")
    assert parcels(database, company) == 1


def test_a_key_belongs_to_its_company(ask, database, company, stranger):
    ask("send", a_request(), idempotency_key="k")
    ask("send", a_request(name="theirs"), idempotency_key="k", company_id=str(stranger))
    assert parcels(database, company) == parcels(database, stranger) == 1


def test_a_public_command_has_its_key_too(ask):
    ask("send", a_request())
    given = {"company_id": None, "idempotency_key": "k"}
    assert ask("sign_for", {"name": "books"}, **given) == ask("sign_for", {"name": "books"}, **given)


def test_many_at_once_with_one_key_do_it_once(ask, database, company):
    request, answers = a_request(), []
    threads = [
        threading.Thread(target=lambda: answers.append(ask("send", request, idempotency_key="k"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6 and all(answer == answers[0] for answer in answers)
    assert parcels(database, company) == count(database, outbox) == 1


def test_a_refused_command_may_be_sent_again_with_its_key(ask, database, company):
    ask("send", a_request())
    request = a_request()
    with pytest.raises(Conflict):
        ask("send", request, idempotency_key="k")
    ask("sign_for", {"name": "books"}, company_id=None)
    assert ask("send", request, idempotency_key="k")["id"] == request["id"]


# ---- what runs before


def test_what_waits_is_done_outside_the_transaction_and_may_change_the_data(ask):
    assert ask("send_weighed", a_request())["name"] == "books 2 kg"


def test_what_waits_is_not_done_again_for_an_answer_from_memory(ask, service):
    request = a_request()
    first = ask("send_weighed", request, idempotency_key="k")
    assert ask("send_weighed", request, idempotency_key="k") == first
    assert service.weighed == ["books"]


def test_what_waits_is_not_done_for_bad_data(ask, service):
    with pytest.raises(ValidationFailed):
        ask("send_weighed", {})
    assert not hasattr(service, "weighed")


# ---- races


@pytest.fixture
def a_race(service, database, company):
    taken = a_parcel()
    with database.begin(company) as session:
        session.add(taken)
    service.taken = taken.id


def test_a_race_that_was_lost_is_run_again(ask, a_race):
    assert ask("count_up", a_request(name="x")) == {"tried": 2}


def test_who_loses_it_twice_is_told_of_a_conflict(ask, a_race):
    with pytest.raises(Conflict) as told:
        ask("count_up", a_request(name="xx"))
    assert told.value.code == "conflict"


# ---- what is told of it


def test_one_line_tells_of_a_request(ask):
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        ask("send", a_request(), correlation_id="story")
    (line,) = [line for line in lines if line["event"] == "rpc"]
    assert (line["method"], line["outcome"], line["actor"], line["correlation_id"]) == ("send", "ok", "s1", "story")
    assert structlog.contextvars.get_contextvars() == {}


def test_a_refusals_line_names_the_fields_and_not_their_content(ask):
    with capture_logs() as lines, pytest.raises(Refusal):
        ask("send", {"id": "secret-content"})
    assert lines[-1]["fields"] == ["id", "name"] and "secret-content" not in str(lines)


def test_each_step_of_a_command_has_a_crash_point(ask, monkeypatch, tmp_path):
    monkeypatch.setattr(crashpoints, "_directory", str(tmp_path))
    ask("send", a_request())
    seen = {path.name for path in (tmp_path / "seen").iterdir()}
    assert {f"command.parcels.send.{step}" for step in ("received", "before_commit", "committed")} <= seen


# ---- operators


def test_operators_see_and_drop_what_is_parked(ask, database):
    from chassis.parking import park

    with database.begin_unscoped() as session:
        park(session, origin="rpc", queue="rpc-parcels", body=b"\xff{", headers={}, error="not a request")
    system = {"company_id": None, "actor": {"kind": "system"}}
    (row,) = ask("parked_list", **system)["rows"]
    assert row["error"] == "not a request" and "body" not in row
    assert ask("parked_show", {"id": row["id"]}, **system)["body"] == "\ufffd{"
    assert ask("parked_drop", {"id": row["id"]}, **system) == {}
    with pytest.raises(NotFound):
        ask("parked_show", {"id": row["id"]}, **system)


@pytest.mark.parametrize("method", ["parked_list", "parked_show", "parked_retry", "parked_drop"])
def test_others_do_not(ask, method):
    data = {} if method == "parked_list" else {"id": str(uuid.uuid4())}
    for actor in ({"kind": "staff", "role": "owner"}, {"kind": "public"}, None):
        with pytest.raises(NotAllowed, match="for-operators-only"):
            ask(method, data, actor=actor)
