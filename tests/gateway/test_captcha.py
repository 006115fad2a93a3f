"""A challenge is good for the one request that it was made for, once, and for two hours."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from alta.demo.visitor import solve
from chassis import clock
from chassis.identifiers import new_id
from chassis.secrets import Keyring
from gateway.public import captcha


@pytest.fixture(scope="module")
def keyring(tmp_path_factory):
    path = tmp_path_factory.mktemp("captcha") / "gateway.key"
    Keyring.create(path)
    return Keyring.load(path)


def test_a_solved_challenge_is_good_for_its_request_and_no_other(keyring):
    request_id = str(new_id())
    answer = solve(captcha.challenge(keyring, request_id=request_id, at=clock.now()))
    assert captcha.proof(keyring, answer, request_id=request_id)
    assert captcha.proof(keyring, answer, request_id=str(new_id())) is None


def test_it_ends(keyring):
    request_id, long_ago = str(new_id()), clock.now() - captcha.LASTS - timedelta(seconds=1)
    answer = solve(captcha.challenge(keyring, request_id=request_id, at=long_ago))
    assert captcha.proof(keyring, answer, request_id=request_id) is None


def test_a_promise_of_more_time_breaks_the_signature(keyring):
    request_id, long_ago = str(new_id()), clock.now() - captcha.LASTS - timedelta(seconds=1)
    payload = json.loads(base64.b64decode(solve(captcha.challenge(keyring, request_id=request_id, at=long_ago))))
    payload["salt"] = payload["salt"].replace("expires=", "expires=9")
    assert captcha.proof(keyring, _encoded(payload), request_id=request_id) is None


def test_another_keys_challenge_is_nothing(keyring, tmp_path):
    Keyring.create(tmp_path / "other.key")
    request_id = str(new_id())
    theirs = captcha.challenge(Keyring.load(tmp_path / "other.key"), request_id=request_id, at=clock.now())
    assert captcha.proof(keyring, solve(theirs), request_id=request_id) is None


def test_one_from_before_the_keys_were_rotated_still_counts(tmp_path):
    path = tmp_path / "gateway.key"
    Keyring.create(path)
    request_id = str(new_id())
    answer = solve(captcha.challenge(Keyring.load(path), request_id=request_id, at=clock.now()))
    Keyring.rotate(path)
    assert captcha.proof(Keyring.load(path), answer, request_id=request_id)


@pytest.mark.parametrize(
    "payload",
    [
        None, 5, [], {}, {"algorithm": "SHA-256"},
        {"algorithm": 1, "challenge": 2, "salt": 3, "signature": 4, "number": 5},
    ],
)  # fmt: skip
def test_junk_is_no_proof(keyring, payload):
    assert captcha.proof(keyring, _encoded(payload), request_id="x") is None
    assert captcha.proof(keyring, "ñ not base64", request_id="x") is None


def _encoded(payload: object) -> str:
    return base64.b64encode(json.dumps(payload).encode()).decode()
