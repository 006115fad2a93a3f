"""An event class refuses what it did not declare, on the publisher's side."""

import uuid

import pytest

from events.gateway import StaffChanged


def staff(**changes):
    valid = {"staff_id": uuid.uuid4(), "name": "Ana", "email": "ana@example.net", "role": "owner", "active": True}
    return {**valid, **changes}


def test_a_field_that_was_never_declared_is_refused():
    with pytest.raises(TypeError, match="has no field password"):
        StaffChanged(**staff(password="x"))


def test_a_missing_field_is_refused():
    values = staff()
    del values["role"]
    with pytest.raises(TypeError, match="lacks role"):
        StaffChanged(**values)


def test_a_value_that_does_not_fit_is_not_published():
    with pytest.raises(ValueError, match="role"):
        StaffChanged(**staff(role="emperor")).dump()
