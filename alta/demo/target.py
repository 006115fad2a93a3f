"""Where the demo plays: the addresses of one running Alta, as seen from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from alta.accounts import gateway
from alta.demo.router_reading import RouterAccess
from deploy.local.parts import ROUTERS
from deploy.local.stack import Stack


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`routers`: by number, as reached from here; `router_addresses`: as provisioning reaches them.

    `run_gateway` runs the gateway's own command there, with secrets in its environment, and decodes
    what it prints.
    """

    url: str
    mailbox_url: str
    operator_amqp_uri: str
    integrator_amqp_uri: str
    routers: Mapping[int, RouterAccess]
    router_addresses: Mapping[int, tuple[str, int]]
    password: str
    run_gateway: Callable[..., Any]


def local(stack: Stack) -> Target:
    place = stack.place
    ports = {number: place.ports[f"router_{number}"] for number in ROUTERS}
    password = place.secrets["router"]
    return Target(
        url=place.url,
        mailbox_url=place.mailbox_url,
        operator_amqp_uri=stack.amqp_uri_of("alta"),
        integrator_amqp_uri=stack.amqp_uri_of("integrator"),
        routers={
            number: RouterAccess(host="127.0.0.1", port=port, user="alta", password=password)
            for number, port in ports.items()
        },
        router_addresses={number: ("127.0.0.1", port) for number, port in ports.items()},
        password=place.secrets["demo"][:12],
        run_gateway=lambda *arguments, **secrets: gateway(stack, *arguments, secrets=secrets),
    )
