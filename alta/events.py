"""Look at what is being told, and tell again what was told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import pika
import pika.exceptions
import typer

from alta.running import this_stack
from alta.terminal import AsJson, answer, answer_line, paper, screen
from chassis import clock
from chassis.outbox import log
from chassis.storage import Database
from deploy.local.place import OWNERS

app = typer.Typer(help="What is told, now and again.", no_args_is_help=True)

Owner = Annotated[str | None, typer.Option("--service", help=f"Only what this one tells: {', '.join(OWNERS)}.")]
Moment = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"], help="UTC if no zone.")]


@app.command()
def tail(
    service: Owner = None,
    type: Annotated[str, typer.Option("--type", help="Only events of this type.")] = "#",
    count: Annotated[int | None, typer.Option("--count", help="End after so many.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print events as they are told, until Ctrl-C."""
    for number, event in enumerate(_listen([service] if service else list(OWNERS), type), 1):
        if as_json:
            answer_line(event)
        else:
            _print(event)
        if number == count:
            return


@app.command()
def replay(
    service: Annotated[str, typer.Option("--service", help="Whose events.")],
    to: Annotated[str, typer.Option("--to", help="The queue that gets them.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"], help="The first moment.")],
    until: Moment = None,
    type: Annotated[str | None, typer.Option("--type", help="Only events of this type.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell a service's events of that time again, to one queue. Whoever reads it drops the ids it knows."""
    stack = this_stack()
    if service not in OWNERS:
        raise typer.BadParameter(f"{service} tells nothing; these do: {', '.join(OWNERS)}")
    _require_queue(stack.amqp_uri_of("alta"), to)
    database = Database(stack.wiring.database_urls[service])
    try:
        told = log.replay(
            database,
            since=_aware(since),
            until=_aware(until) if until else clock.now(),
            types=[type] if type else [],
            queue=to,
        )
    finally:
        database.close()
    if as_json:
        answer({"events": told, "queue": to})
    else:
        screen.print(f"{told} events of {service} are on their way to {to}.")


def _require_queue(amqp_uri: str, name: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_uri)) as connection:
        try:
            connection.channel().queue_declare(name, passive=True)
        except pika.exceptions.ChannelClosedByBroker as refused:
            raise typer.BadParameter(f"there is no queue {name}") from refused


def _listen(owners: list[str], routing_key: str) -> Iterator[dict[str, Any]]:
    with pika.BlockingConnection(pika.URLParameters(this_stack().amqp_uri_of("alta"))) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        for owner in owners:
            channel.queue_bind(queue, f"{owner}.events", routing_key)
        for _, _, body in channel.consume(queue, auto_ack=True):
            yield json.loads(body)


def _print(event: dict[str, Any]) -> None:
    line = f"[dim]{event['time'][:23]}[/] [bold]{event['source']}[/] [cyan]{event['type']}[/] {event['subject']}"
    paper.print(line, end=" ")
    paper.print(json.dumps(event["data"], ensure_ascii=False), markup=False, style="dim", soft_wrap=True)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
