"""Database migrations, and the accounts of people, which the gateway owns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from alta.running import this_stack
from alta.terminal import AsJson, answer, screen
from deploy.local.parts import surroundings
from deploy.local.place import OWNERS, ROOT
from deploy.local.stack import Stack, StackFailed

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
    raise typer.Exit(_pass_on("user", *context.args))


def company(context: typer.Context) -> None:
    """The companies of this deployment. `alta company --help` shows what the gateway offers."""
    raise typer.Exit(_pass_on("company", *context.args))


def gateway(stack: Stack, *arguments: str, secrets: Mapping[str, str] = {}) -> Any:
    """What the gateway's own command prints, decoded; raises `StackFailed` with its complaint.

    `secrets` go into its environment, because a command line can be read by everybody on the machine.
    """
    done = subprocess.run(
        _command(*arguments),
        cwd=ROOT,
        env={**_environment(stack), **secrets},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StackFailed(f"gateway {' '.join(arguments)}: {(done.stdout + done.stderr)[-2000:]}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def _pass_on(*arguments: str) -> int:
    """Runs the gateway's own command on this terminal; the exit status. A password comes in the environment, too:
    a command line can be read by everybody on the machine."""
    given = {name: os.environ[name] for name in ("ALTA_PASSWORD",) if name in os.environ}
    environment = _environment(this_stack()) | given
    return subprocess.run(_command(*arguments), cwd=ROOT, env=environment, check=False).returncode


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gateway", *arguments]


def _environment(stack: Stack) -> dict[str, str]:
    return {**surroundings(stack.place), **stack.wiring.owner_environment("gateway")}
