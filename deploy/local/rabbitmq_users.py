"""Who may do what on the broker: the definitions that a node imports at its start."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import os
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Permissions are regular expressions over names of queues and exchanges, as RabbitMQ's are."""

    name: str
    password: str
    configure: str
    write: str
    read: str
    tags: tuple[str, ...] = ()


def administrator(name: str, password: str) -> User:
    return User(name=name, password=password, configure=".*", write=".*", read=".*", tags=("administrator",))


def definitions(vhost: str, users: Iterable[User]) -> dict[str, Any]:
    """What the broker's `load_definitions` reads. Accounts that are not named here do not exist."""
    users = list(users)
    return {
        "vhosts": [{"name": vhost}],
        "users": [_account(user) for user in users],
        "permissions": [_permission(vhost, user) for user in users],
        "topic_permissions": [],
    }


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Source: RabbitMQ "Credentials and Passwords", `rabbit_password_hashing_sha256`."""
    salt = salt or os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _account(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "password_hash": hash_password(user.password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": list(user.tags),
    }


def _permission(vhost: str, user: User) -> dict[str, Any]:
    return {"vhost": vhost, "user": user.name, "configure": user.configure, "write": user.write, "read": user.read}
