"""Where the demo plays: the addresses of one running Alta, as seen from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from alta.demo.router_reading import RouterAccess
from alta.demo.seeding import SMS_PATH
from deploy.local.parts import ROUTERS
from deploy.local.stack import Stack


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`sms_url`: where the mailbox takes text messages. `routers`: by number, as
    reached from here; `router_addresses`: as provisioning reaches them.

    `run_gateway` runs the gateway's own command there, with secrets in its environment, and decodes
    what it prints. `patience_seconds` is the visitors': who tests what happens when parts are killed
    gives them some.
    """

    url: str
    mailbox_url: str
    sms_url: str
    operator_amqp_uri: str
    integrator_amqp_uri: str
    routers: Mapping[int, RouterAccess]
    router_addresses: Mapping[int, tuple[str, int]]
    password: str
    patience_seconds: float = 0.0


def local(stack: Stack) -> Target:
    place = stack.place
    ports = {number: place.ports[f"router_{number}"] for number in ROUTERS}
    password = place.secrets["router"]
    return Target(
        url=place.url,
        mailbox_url=place.mailbox_url,
        sms_url=f"{place.mailbox_url}{SMS_PATH}",
        operator_amqp_uri=stack.amqp_uri_of("alta"),
        integrator_amqp_uri=stack.amqp_uri_of("integrator"),
        routers={
            number: RouterAccess(host="127.0.0.1", port=port, user="alta", password=password)
            for number, port in ports.items()
        },
        router_addresses={number: ("127.0.0.1", port) for number, port in ports.items()},
        password=place.secrets["demo"][:12],
    )


def containers(environ: Mapping[str, str]) -> Target:
    """The parts of docker-compose.yml, as its own network names them."""
    password = environ["ROUTERSIM_PASSWORD"]
    addresses = {number: (environ["ALTA_DEMO_ROUTERS"], 8727 + number) for number in ROUTERS}
    return Target(
        url=environ["ALTA_DEMO_URL"],
        mailbox_url=environ["ALTA_DEMO_MAILBOX_URL"],
        sms_url=f"{environ['ALTA_DEMO_MAILBOX_URL']}{SMS_PATH}",
        operator_amqp_uri=environ["ALTA_AMQP_URI"],
        integrator_amqp_uri=environ["ALTA_DEMO_INTEGRATOR_AMQP_URI"],
        routers={
            number: RouterAccess(host=host, port=port, user="alta", password=password)
            for number, (host, port) in addresses.items()
        },
        router_addresses=addresses,
        password=environ["ALTA_DEMO_PASSWORD"],
    )
