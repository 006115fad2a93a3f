"""Which moves an account and a router allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chassis.identifiers import new_id
from services.provisioning.errors import AccountNotAsked, AccountNotChanging, AccountNotPlaced
from services.provisioning.model import CHANGE, RECONNECT, SUSPEND, Account, Router

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def an_account() -> Account:
    account = Account(id=new_id(), router_id=new_id(), version=0)
    account.ask(activation_id=new_id(), asked_version=1, service_name="ana")
    return account


ENDS: list[Callable[[Account], None]] = [
    lambda account: account.placed({}, NOON),
    lambda account: account.failed("router-unreachable", {}),
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("move", [*ENDS, lambda a: a.progress(), lambda a: a.begin("pppoe", NOON)])
def test_an_account_that_ended_takes_no_further_step(
    end: Callable[[Account], None], move: Callable[[Account], None]
) -> None:
    account = an_account()
    end(account)
    with pytest.raises(AccountNotAsked):
        move(account)


@pytest.mark.parametrize("end", ENDS)
def test_asking_again_begins_anew(end: Callable[[Account], None]) -> None:
    account = an_account()
    account.begin("pppoe", NOON)
    end(account)
    account.ask(activation_id=new_id(), asked_version=2, service_name="eva")
    assert (account.state, account.service_name, account.begun_at, account.reason_code) == ("asked", "eva", None, None)
    assert account.begin("pppoe", NOON)


def a_placed_account() -> Account:
    account = an_account()
    account.begin("pppoe", NOON)
    account.placed({}, NOON)
    return account


def test_only_what_stands_is_changed() -> None:
    for account in (an_account(), Account(state="failed"), Account(state="removing"), Account(state="removed")):
        with pytest.raises(AccountNotPlaced):
            account.adjust(new_id(), CHANGE, service_name="eva")


@pytest.mark.parametrize("end", [lambda a: a.adjusted({}, NOON), lambda a: a.refuse(new_id(), "router-refused", {})])
def test_an_account_that_is_not_being_changed_takes_no_outcome(end: Callable[[Account], None]) -> None:
    with pytest.raises(AccountNotChanging):
        end(a_placed_account())


def test_the_newest_of_suspending_and_reconnecting_counts() -> None:
    account = a_placed_account()
    for operation in (SUSPEND, CHANGE, RECONNECT, CHANGE):
        account.adjust(new_id(), operation)
    assert (account.pending, account.suspended) == ([RECONNECT, CHANGE], False)
    assert account.adjusted({}, NOON) == [RECONNECT, CHANGE] and account.pending is None


def test_refusals_give_up_the_change_first_then_the_suspension_then_the_account() -> None:
    account = a_placed_account()
    account.adjust(new_id(), SUSPEND)
    account.adjust(new_id(), CHANGE, service_name="eva", ip_address="10.0.0.9")
    assert account.refuse(new_id(), "router-refused", {}) == CHANGE
    assert (account.service_name, account.suspended, account.pending) == ("ana", True, [SUSPEND])
    assert account.refuse(new_id(), "router-refused", {}) == SUSPEND
    assert (account.suspended, account.state) == (False, "changing")
    assert account.refuse(new_id(), "router-refused", {}) is None
    assert (account.state, account.stands) == ("refused", True)
    account.adjust(new_id(), None)
    assert account.adjusted({}, NOON) == []


def test_every_name_it_had_is_looked_for_among_the_sessions() -> None:
    account = a_placed_account()
    account.adjust(new_id(), CHANGE, service_name="eva")
    account.adjust(new_id(), CHANGE, service_name="lupe")
    assert account.sessions() == [["pppoe", "ana"], ["pppoe", "eva"], ["pppoe", "lupe"]]


def test_an_activation_ends_a_suspension() -> None:
    account = a_placed_account()
    account.adjust(new_id(), SUSPEND)
    account.ask(activation_id=new_id(), asked_version=2, service_name="ana")
    assert account.suspended is False and account.pending is None


def test_every_move_is_a_new_version() -> None:
    account = an_account()
    account.progress()
    account.placed({}, NOON)
    assert account.version == 3


def test_an_account_is_overdue_20_seconds_after_it_was_first_tried() -> None:
    account = an_account()
    assert not account.is_overdue(NOON)
    account.begin("pppoe", NOON)
    account.begin("pppoe", NOON + timedelta(seconds=15))
    assert not account.is_overdue(NOON + timedelta(seconds=19))
    assert account.is_overdue(NOON + timedelta(seconds=20))


def test_a_router_is_lost_once_until_it_answers() -> None:
    router = Router(version=1)
    assert router.lost(NOON) and not router.lost(NOON + timedelta(hours=1))
    assert router.lost_at == NOON
    router.answered()
    assert router.lost(NOON)
