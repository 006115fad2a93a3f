"""The captcha that needs nobody's cloud: ALTCHA's proof of work, each challenge good for one request.

The challenge names the request that it is for, and its signature covers that name: whoever solves one buys
one request, and the same answer with another request is worth nothing. Source: altcha 2.3, `altcha.v1`.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis.secrets import Keyring
from gateway.model import UsedChallenge

LASTS = timedelta(hours=2)
# On average half of these hashes: a tenth of a second on a desk, half a second on a small phone.
MOST_HASHES = 100_000
HARD = 10  # times as many, where nothing else speaks for the person
_TEXTS = ("algorithm", "challenge", "salt", "signature")


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """A challenge that was solved; a `hard` one stands in for what another captcha could not tell."""

    signature: str
    expires_at: datetime
    hard: bool


def challenge(keyring: Keyring, *, request_id: str, at: datetime, hard: bool = False) -> dict[str, Any]:
    """What the browser is to solve, as ALTCHA's own widget takes it."""
    most = MOST_HASHES * HARD if hard else MOST_HASHES
    made = altcha.create_challenge_v1(
        max_number=most,
        hmac_key=_keys(keyring)[0],
        expires=at + LASTS,
        params={"request": request_id} | ({"weight": "hard"} if hard else {}),
    )
    return made.to_dict() | {"maxnumber": most}


def proof(keyring: Keyring, answer: str, *, request_id: str) -> Proof | None:
    """What the browser solved; None when it is none, too old, or another request's."""
    payload = _decoded(answer)
    if payload is None:
        return None
    promised = altcha.extract_params_v1(payload)
    if promised.get("request") != [request_id] or not promised.get("expires"):
        return None
    if not any(altcha.verify_solution_v1(payload, key)[0] for key in _keys(keyring)):
        return None
    expires_at = datetime.fromtimestamp(int(promised["expires"][0]), UTC)
    return Proof(payload["signature"], expires_at, hard=promised.get("weight") == ["hard"])


def is_spent(session: Session, proof: Proof) -> bool:
    return session.get(UsedChallenge, proof.signature) is not None


def spend(session: Session, proof: Proof, *, at: datetime) -> None:
    """Remembers it until it would have expired anyway, and forgets those that have."""
    session.execute(delete(UsedChallenge).where(UsedChallenge.expires_at < at))
    session.merge(UsedChallenge(signature=proof.signature, expires_at=proof.expires_at))


def _keys(keyring: Keyring) -> list[bytes]:
    return keyring.derive("gateway.captcha")


def _decoded(answer: str) -> dict[str, Any] | None:
    try:
        payload = json.loads(base64.b64decode(answer, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(payload, dict) or type(payload.get("number")) is not int:
        return None
    return payload if all(isinstance(payload.get(name), str) for name in _TEXTS) else None
