"""The plan, against every state that a router may be found in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.provisioning import plan
from services.provisioning.modes import Rates, wanted_rows
from services.provisioning.plan import Add, Change, KeyTaken, Remove, Row, Set, Wanted
from tests.provisioning.builders import STRANGER, a_service

MODES = ["simple_queue", "pppoe"]


def applied(changes: list[Change], rows: list[Row]) -> list[Row]:
    """What a router would have afterwards; refuses two rows of one name, as a router does."""
    table = {row[".id"]: dict(row) for row in rows}
    for number, change in enumerate(changes):
        if isinstance(change, Remove):
            del table[change.id]
        elif isinstance(change, Set):
            table[change.id] |= change.values
        else:
            table[f"*new{number}"] = {".id": f"*new{number}", **change.values}
        names = [row["name"] for row in table.values()]
        assert len(names) == len(set(names)), "a router refuses a second row of the same name"
    return list(table.values())


def wanted_row(mode: str) -> Wanted:
    return wanted_rows(a_service(mode=mode))[-1]


MARKERS = [f"alta:{a_service().account_id}", f"alta:{STRANGER}", "", "VIP", "alta:"]
NAMES = ["ana.lopez", "eva", "Peña", "ana.lopez2", "queue1"]


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Rows of unique names, as a router has them: ours, strangers', staff's; complete or not."""
    rows = []
    for number, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True))):
        row = {".id": f"*{number}", "name": name, "comment": draw(st.sampled_from(MARKERS))}
        row |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "target": st.sampled_from(["10.0.0.5/32", "10.0.0.6/32"]),
                    "max-limit": st.sampled_from(["2M/10M", "2000000/10000000", "0/0"]),
                    "disabled": st.sampled_from(["true", "false", "no"]),
                    "dynamic": st.sampled_from(["true", "false"]),
                    "profile": st.sampled_from(["alta-10M-2M", "default"]),
                },
            )
        )
        if not row["comment"]:
            del row["comment"]
        rows.append(row)
    return rows


def is_ours(row: Row) -> bool:
    return row.get("comment") == MARKERS[0] and row.get("dynamic") != "true"


@pytest.mark.parametrize("mode", MODES)
@given(rows=tables())
def test_applying_the_plan_gives_what_is_wanted_and_touches_nothing_else(mode: str, rows: list[Row]) -> None:
    wanted = wanted_row(mode)
    foreign = [row for row in rows if not is_ours(row)]
    try:
        changes = plan.changes(wanted, rows)
    except KeyTaken:
        assert any(row["name"] == wanted.values["name"] for row in foreign)
        return
    after = applied(changes, rows)
    assert plan.changes(wanted, after) == []
    assert len([row for row in after if is_ours(row)]) == 1
    assert [row for row in after if not is_ours(row)] == foreign


@pytest.mark.parametrize("mode", MODES)
@given(rows=tables())
def test_taking_away_leaves_the_rest_as_it_was(mode: str, rows: list[Row]) -> None:
    wanted = wanted_row(mode)
    after = applied(plan.removals(wanted.menu, MARKERS[0], rows), rows)
    assert after == [row for row in rows if not is_ours(row)]


@given(rows=tables())
def test_what_is_undone_is_as_before(rows: list[Row]) -> None:
    wanted = wanted_row("simple_queue")
    try:
        changes = plan.changes(wanted, rows)
    except KeyTaken:
        return
    undoing = [plan.undone(change, rows, f"*new{n}") for n, change in enumerate(changes)]
    kept_by_us = [row for row in rows if Remove(wanted.menu, row[".id"]) not in changes]
    after = applied([u for u in reversed(undoing) if u], applied(changes, rows))
    values = set(wanted.values)
    assert [{k: v for k, v in row.items() if k not in values or k in before} for row, before in zip(after, kept_by_us, strict=True)] == kept_by_us  # fmt: skip # noqa: E501


def test_a_missing_row_is_added_with_what_only_counts_then() -> None:
    profile, secret = wanted_rows(a_service(mode="pppoe"))
    (adding,) = plan.changes(profile, [])
    assert adding == Add("/ppp/profile", {"copy-from": "default", **profile.values})
    assert plan.changes(secret, []) == [Add("/ppp/secret", secret.values)]


def test_only_what_differs_is_written() -> None:
    wanted = wanted_row("simple_queue")
    row = {".id": "*7", **wanted.values, "disabled": "true", "max-limit": "2M/10M", "target": "10.0.0.5"}
    assert plan.changes(wanted, [row]) == [Set("/queue/simple", "*7", {"disabled": "no"})]


def test_a_row_of_staff_under_our_name_is_refused() -> None:
    wanted = wanted_row("simple_queue")
    with pytest.raises(KeyTaken) as refused:
        plan.changes(wanted, [{".id": "*1", "name": wanted.values["name"]}])
    assert refused.value.held == wanted.values["name"]


def test_a_password_that_cannot_be_read_is_not_different() -> None:
    wanted = wanted_row("pppoe")
    row = {".id": "*1", **{name: value for name, value in wanted.values.items() if name != "password"}}
    assert plan.changes(wanted, [row]) == []
    assert plan.changes(wanted, [row | {"password": "other"}]) == [
        Set("/ppp/secret", "*1", {"password": wanted.values["password"]})
    ]


@pytest.mark.parametrize(
    ("download", "upload", "name", "rate"),
    [(10_000, 2_000, "alta-10M-2M", "2M/10M"), (1_536, 512, "alta-1536k-512k", "512k/1536k")],
)
def test_a_profile_is_named_by_its_speeds(download: int, upload: int, name: str, rate: str) -> None:
    profile, secret = wanted_rows(a_service(mode="pppoe", plan_rates=Rates(download, upload)))
    assert (profile.values["name"], profile.values["rate-limit"], secret.values["profile"]) == (name, rate, name)


def test_a_queue_limits_upload_first() -> None:
    assert wanted_row("simple_queue").values["max-limit"] == "2000000/10000000"


def test_markers_are_ascii_whatever_the_client_is_called() -> None:
    for mode in MODES:
        for row in wanted_rows(a_service(mode=mode, name="Núñez 電")):
            assert row.values["comment"].isascii()
