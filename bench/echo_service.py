"""A service that answers what it was asked: `python -m bench.echo_service`, for `rpc_overhead`."""

from __future__ import annotations

if __name__ == "__main__":
    from chassis.green import make_green

    make_green()  # `chassis.host` does it for services/<name> alone

from typing import Any

from marshmallow import fields

from chassis import host
from chassis.schemas import Schema
from chassis.service import Service, query
from chassis.storage import make_base


class Words(Schema):
    words = fields.String(required=True)


class Echo(Service):
    name = "echo"
    base = make_base("echo")

    @query(takes=Words, gives=Words)
    def say(self, call: Any) -> dict[str, str]:
        return call.data


if __name__ == "__main__":
    host.main(Echo)
