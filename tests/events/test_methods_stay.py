"""What a gateway of the version before asks of services is still taken and answered: services are renewed first.

Beside the events the other half of what goes over the broker; see docs/operations.md, "A newer version".
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from deploy.local.place import SERVICES
from tests.promised import shapes, writing

PROMISED: dict[str, Any] = {
    "show": {
        "takes": {
            "id": {"type": "UUID", "required": True},
            "kind": {"type": "String", "choices": ["a", "b"], "null": True},
            "names": {"type": "List", "each": {"type": "String", "most": 80}, "most": 10},
        },
        "gives": {"rows": {"type": "List", "each": {"type": "Nested", "fields": {"name": {"type": "String"}}}}},
    }
}


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_that_was_promised_is_gone(service: str) -> None:
    assert [*shapes.broken(writing.promised(service), writing.present(service))] == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_new_is_promised_too(service: str) -> None:
    assert writing.promised(service) == writing.present(service), "run `python -m tests.promised`"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda now: now.clear(), "show is gone"),
        (lambda now: now["show"]["takes"].pop("kind"), "show takes kind no more"),
        (lambda now: now["show"]["takes"]["kind"].pop("null"), "show takes kind, and may not be null now"),
        (lambda now: now["show"]["takes"]["kind"].update(required=True), "show takes kind, and must be given it now"),
        (lambda now: now["show"]["takes"]["kind"].update(choices=["a"]), "show takes kind and no longer as b"),
        (lambda now: now["show"]["takes"]["kind"].update(type="UUID"), "show takes kind as another type: UUID"),
        (lambda now: now["show"]["takes"]["names"]["each"].update(most=40), "show takes names within narrower bounds"),
        (lambda now: now["show"]["takes"]["names"].update(least=1), "show takes names within narrower bounds"),
        (
            lambda now: now["show"]["takes"].update(at={"type": "Date", "required": True}),
            "show takes at, and must be given it now",
        ),
        (lambda now: now["show"]["gives"]["rows"]["each"]["fields"].clear(), "show gives rows name no more"),
    ],
)
def test_what_an_older_gateway_would_miss_is_noticed(change: Any, said: str) -> None:
    now = copy.deepcopy(PROMISED)
    change(now)
    assert [*shapes.broken(PROMISED, now)] == [said]


def test_whatever_is_added_breaks_nothing() -> None:
    now = copy.deepcopy(PROMISED)
    now["show"]["takes"] |= {"wanted": {"type": "List"}}
    now["show"]["takes"]["kind"]["choices"].append("c")
    now["show"]["takes"]["names"].pop("most")
    now["show"]["gives"] |= {"total": {"type": "Integer"}}
    now["other"] = {"takes": {"id": {"type": "UUID", "required": True}}}
    assert [*shapes.broken(PROMISED, now)] == []


def test_what_was_promised_is_not_written_over(tmp_path: Path) -> None:
    writing.write(tmp_path)
    path = tmp_path / "billing.json"
    path.write_text(path.read_text().replace('"account":', '"accounts":'))
    assert writing.write(tmp_path) == ["billing: accounts is gone"]
    assert "accounts" in writing.promised("billing", tmp_path)
