"""Events are read by compiled converters; they must agree with marshmallow about everything."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

import events  # noqa: F401  (declares every event)
from chassis.messages import Envelope, declared_events
from chassis.messages.reading import compiled
from events.document import sample

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.just([]),
    st.just({}),
    st.sampled_from(["2026-11-24", "2026-11-24T10:00:00", "2026-11-24T10:00:00Z", "20261124", "  owner", "ABC"]),
)


def outcome(read, data):
    try:
        return read(copy.deepcopy(data))
    except ValidationError as error:
        return error.messages


@pytest.mark.parametrize("event", declared_events("events"), ids=lambda event: event.type)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_reads_and_refuses_exactly_as_marshmallow_does(event, data):
    changed = sample(event)["data"]
    names = data.draw(st.lists(st.sampled_from(sorted(changed)), max_size=3, unique=True))
    for name in names:
        if data.draw(st.booleans()):
            del changed[name]
        else:
            changed[name] = data.draw(odd_values)
    assert outcome(compiled(event.schema), changed) == outcome(event.schema.load, changed)


@pytest.mark.parametrize("event", declared_events("events"), ids=lambda event: event.type)
def test_the_sample_is_read_without_marshmallow(event, monkeypatch):
    envelope = Envelope.decode(json.dumps(sample(event)).encode())
    monkeypatch.setattr(type(event.schema), "load", None)
    assert event.read(envelope).data
