"""What other systems were promised: samples that stay readable, and documents that tell the truth."""

import json

import jsonschema
import pytest
import yaml

import events  # noqa: F401  (declares every event)
from chassis.messages import Envelope, declared_events
from events.__main__ import TARGET, stale, write
from events.document import documents, sample
from events.installations import InstallationActivationRequested, PlanChanged, ServiceChanged

every_event = pytest.mark.parametrize("event", declared_events("events"), ids=lambda event: event.type)


@every_event
def test_the_golden_sample_is_still_read_and_written_unchanged(event):
    envelope = Envelope.decode(json.dumps(sample(event)).encode())
    assert event.read(envelope).dump() == sample(event)["data"]


@every_event
def test_the_schema_accepts_the_sample_and_refuses_one_without_a_required_field(event):
    schema = json.loads(documents()[f"schemas/{event.type}.json"])
    jsonschema.validate(sample(event), schema)
    broken = sample(event)
    del broken["data"][schema["properties"]["data"]["required"][0]]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


@every_event
def test_a_field_that_a_newer_publisher_adds_is_ignored(event):
    newer = sample(event)
    newer["data"]["added_later"] = True
    assert "added_later" not in event.read(Envelope.decode(json.dumps(newer).encode())).data


@pytest.mark.parametrize("event", [PlanChanged, InstallationActivationRequested, ServiceChanged])
def test_a_plan_of_an_older_publisher_is_not_shaped(event):
    older = sample(event)
    plan = older["data"].get("plan", older["data"])
    del plan["shaping"]
    read = event.read(Envelope.decode(json.dumps(older).encode())).data
    assert read.get("plan", read)["shaping"] is None


@every_event
def test_every_event_says_what_it_means_and_whose_entity_it_is_about(event):
    assert event.__doc__
    assert event.subject in event.schema.fields


def test_the_written_documents_are_fresh():
    assert stale() == []


def test_a_changed_and_a_leftover_document_are_noticed(tmp_path):
    write(tmp_path)
    assert stale(tmp_path) == []
    (tmp_path / "schemas" / "InvoiceIssued.json").write_text("{}")
    (tmp_path / "schemas" / "Forgotten.json").write_text("{}")
    assert stale(tmp_path) == ["schemas/Forgotten.json", "schemas/InvoiceIssued.json"]


def test_every_channel_of_the_asyncapi_document_names_its_messages():
    asyncapi = yaml.safe_load((TARGET / "asyncapi.yaml").read_text(encoding="utf-8"))
    named = {name for channel in asyncapi["channels"].values() for name in channel["messages"]}
    assert named == {event.type for event in declared_events("events")} == set(asyncapi["components"]["messages"])
