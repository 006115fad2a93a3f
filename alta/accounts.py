"""Database migrations, and the accounts of people, which the gateway owns."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from alta.running import this_stack
from alta.terminal import AsJson, answer, screen
from deploy.local.parts import surroundings
from deploy.local.place import OWNERS, ROOT

WHATEVER = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def migrate(
    owners: Annotated[list[str] | None, typer.Argument(help="Whose database; everybody's when none is named.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring databases to the version of this code. Safe to repeat, and while the parts run."""
    if unknown := sorted(set(owners or []) - set(OWNERS)):
        raise typer.BadParameter(f"{', '.join(unknown)} has no database; these do: {', '.join(OWNERS)}")
    chosen = owners or list(OWNERS)
    this_stack().migrate(chosen)
    if as_json:
        answer({"migrated": chosen})
    else:
        screen.print(f"Up to date: {', '.join(chosen)}")


def user(context: typer.Context) -> None:
    """The people who may sign in. `alta user --help` shows what the gateway offers."""
    raise typer.Exit(_gateway("user", *context.args))


def company(context: typer.Context) -> None:
    """The companies of this deployment. `alta company --help` shows what the gateway offers."""
    raise typer.Exit(_gateway("company", *context.args))


def _gateway(*arguments: str) -> int:
    """Runs the gateway's own command in its own environment; the exit status."""
    stack = this_stack()
    environment = {**surroundings(stack.place), **stack.wiring.owner_environment("gateway")}
    command = [sys.executable, "-m", "gateway", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
