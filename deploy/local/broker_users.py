"""The broker accounts of a place: one per part, each with the names that it needs and no others."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.local.place import OWNERS
from deploy.local.rabbitmq_users import User, administrator

VHOST = "alta"

# A subscriber declares queues of its own and binds them to what is told; it publishes nothing.
SUBSCRIBER_QUEUES = r"(amq\.gen-.*|integration\..*)"


def users(secrets: Mapping[str, str]) -> list[User]:
    """`secrets` holds a password `amqp_<user>` for each."""
    return [
        *(_part(name, secrets[f"amqp_{name}"]) for name in (*OWNERS, "relay")),
        administrator("alta", secrets["amqp_alta"]),
        integrator(secrets["amqp_integrator"]),
    ]


def integrator(password: str) -> User:
    return User(
        name="integrator",
        password=password,
        configure=f"^{SUBSCRIBER_QUEUES}$",
        write=f"^{SUBSCRIBER_QUEUES}$",
        read=rf"^({SUBSCRIBER_QUEUES}|[a-z]+\.events)$",
    )


def _part(name: str, password: str) -> User:
    return User(name=name, password=password, configure=".*", write=".*", read=".*")
