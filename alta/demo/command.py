"""`alta demo`: bring Alta up, put the demo company in place, and play the whole story once."""

from __future__ import annotations

import json
from typing import Any

from alta.demo import company, founding, seeding, story
from alta.demo.target import Target, local
from alta.running import this_stack
from alta.services import Services
from alta.terminal import AsJson, Steps, answer, paper, steps
from deploy.local.place import Place, write_private


def demo(as_json: AsJson = False) -> None:
    """Play the whole story on this machine and leave everything running; ends with 0 when every step was verified."""
    stack = this_stack()
    with steps(quiet=as_json) as shown:
        stack.up(shown.tell)
        target = local(stack)
        ids = play(target, shown, person=company.prospect(_next_run(stack.place)))
    report = {
        "url": target.url,
        "logins": founding.logins(target),
        "amqp_uri": target.integrator_amqp_uri,
        "mailbox_url": target.mailbox_url,
        "steps": shown.done,
        "ids": ids,
    }
    write_private(stack.place.path / "demo.json", json.dumps(report, indent=2, ensure_ascii=False))
    if as_json:
        answer(report)
    else:
        _tell(report)


def play(target: Target, shown: Steps, *, person: company.Prospect) -> dict[str, Any]:
    """The ids of what came about; raises what went wrong."""
    shown.tell("demo company")
    company_id = founding.found(target)
    with Services(target.operator_amqp_uri, company_id=company_id) as services:
        password = target.routers[1].password
        seeding.seed(services, target.router_addresses, user=target.routers[1].user, password=password)
    return {"company_id": company_id, **story.play(target, person, shown.tell)}


def _next_run(place: Place) -> int:
    """Counts the runs of this place, failed ones too, so that each is about somebody else."""
    path = place.path / "data" / "demo-runs"
    number = int(path.read_text()) + 1 if path.exists() else 1
    path.write_text(str(number))
    return number


def _tell(report: dict[str, Any]) -> None:
    ids = report["ids"]
    paper.print(f"\n[bold]{ids['person']}[/] asked for internet and is online: client {ids['client_number']}.\n")
    rows = {
        "Staff pages": report["url"],
        "Public form": f"{report['url']}/solicitar-instalacion/{company.SLUG}",
        "Client": f"{report['url']}{ids['client_path']}",
        "Mail": report["mailbox_url"],
        "Events": report["amqp_uri"],
    }
    for name, value in rows.items():
        paper.print(f"  {name:12} {value}", soft_wrap=True)
    for role, login in report["logins"].items():
        paper.print(f"  {role:12} {login['user']}  {login['password']}")
    paper.print("\nEverything stays up until [bold]make stop[/].")
