"""`alta`: every command, and how a failure is told."""

from __future__ import annotations

import sys

import typer

from alta import accounts, events, parked, running
from alta.demo.command import demo
from alta.demo.other_system import NotHeard
from alta.demo.seeding import SeedingFailed
from alta.demo.story import StoryFailed
from alta.demo.visitor import Refused
from alta.terminal import fail
from chassis.errors import Refusal
from deploy.local.rabbitmq import BrokerMissing
from deploy.local.stack import StackFailed
from deploy.local.supervision import SupervisorFailed

app = typer.Typer(
    name="alta",
    help="Bring Alta up on this machine and look after it. ALTA_VAR names the directory that it lives in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
running.register(app)
app.command()(demo)
app.command()(accounts.migrate)
app.command(context_settings=accounts.WHATEVER)(accounts.company)
app.command(context_settings=accounts.WHATEVER)(accounts.user)
app.add_typer(events.app, name="events")
app.add_typer(parked.app, name="parked")

FAILURES = (StackFailed, SupervisorFailed, BrokerMissing, SeedingFailed, StoryFailed, Refused, NotHeard, LookupError)


def main() -> int:
    """The exit status; what an operator can cause ends in a sentence, not in a traceback."""
    try:
        ended = app(standalone_mode=False)
    except FAILURES as failure:
        return fail(str(failure))
    except Refusal as refusal:
        return fail(f"refused: {refusal.code} {refusal.params or ''}")
    except typer.Abort:
        return fail("stopped")
    except typer.BadParameter as mistake:
        mistake.show(sys.stderr)
        return 2
    return ended if isinstance(ended, int) else 0  # a command that ended with `typer.Exit` gives its status here
