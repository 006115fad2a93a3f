"""Who may do what on the broker: the definitions that a node imports at its start.

The accounts are in deploy/broker-accounts.json, for the local broker and for containers alike: one
per part, each with regular expressions over the names of queues and exchanges that it needs: its own
queues, everybody's events to hear, and no exchange of events to tell into, which is the relay's alone.
`alta` is the operator's: it declares the topology and answers to the command line. `integrator`
is for other systems: queues of their own, bound to what is told, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from deploy.local.place import ROOT

ACCOUNTS = ROOT / "deploy" / "broker-accounts.json"
VHOST = "alta"
EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}


def accounts() -> dict[str, Any]:
    """The file as it is, with `@name@` where that account's password goes."""
    return json.loads(ACCOUNTS.read_text())


def definitions(passwords: Mapping[str, str]) -> dict[str, Any]:
    """What the broker's `load_definitions` reads; `passwords` by account. Others do not exist."""
    known = accounts()
    return {**known, "users": [_hashed(user, passwords[user["name"]]) for user in known["users"]]}


def one_administrator(vhost: str, name: str, password: str) -> dict[str, Any]:
    """Definitions for a node that serves one person, or one test run."""
    return {
        "vhosts": [{"name": vhost}],
        "users": [_hashed({"name": name, "tags": ["administrator"]}, password)],
        "permissions": [{"vhost": vhost, "user": name, **EVERYTHING}],
    }


def permissions(name: str) -> dict[str, str]:
    """`configure`, `write` and `read` of one account."""
    (found,) = (row for row in accounts()["permissions"] if row["user"] == name)
    return {right: found[right] for right in EVERYTHING}


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Source: RabbitMQ "Credentials and Passwords", `rabbit_password_hashing_sha256`."""
    salt = salt or os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _hashed(user: Mapping[str, Any], password: str) -> dict[str, Any]:
    return {
        "name": user["name"],
        "tags": user["tags"],
        "password_hash": hash_password(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
    }
