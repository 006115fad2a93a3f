"""Which moves an account and a router allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chassis.identifiers import new_id
from services.provisioning.errors import AccountNotAsked
from services.provisioning.model import Account, Router

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def an_account() -> Account:
    account = Account(id=new_id(), version=0)
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
