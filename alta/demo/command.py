"""`alta demo`: bring Alta up, put the demo company in place, and play the whole story once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alta.demo import company, founding, seeding, story
from alta.demo.other_system import other_system
from alta.demo.target import Target, local
from alta.running import this_stack
from alta.services import Services
from alta.terminal import AsJson, Steps, answer, paper, steps
from deploy.local.place import write_private


def demo(as_json: AsJson = False) -> None:
    """Play the whole story on this machine and leave everything running; ends with 0 when every step was verified."""
    stack = this_stack()
    with steps(quiet=as_json) as shown:
        stack.up(shown.tell)
        target = local(stack)
        shown.tell("demo company")
        company_id = founding.found(stack, target.password)
        ids = play(target, shown, company_id, number=next_run(stack.place.path / "data" / "demo-runs"))
    report = reported(target, shown, ids)
    write_private(stack.place.path / "demo.json", json.dumps(report, indent=2, ensure_ascii=False))
    if as_json:
        answer(report)
    else:
        _tell(report)


def play(target: Target, shown: Steps, company_id: str, *, number: int) -> dict[str, Any]:
    """The ids of what came about in this run, the `number`th; raises what went wrong."""
    shown.tell("routers, zones, plans, articles")
    access = target.routers[1]
    seeding.let_firewalls_cut(target.routers.values())
    with Services(target.operator_amqp_uri, company_id=company_id) as services:
        seeding.seed(services, target.router_addresses, user=access.user, password=access.password)
        seeding.text_to(services, target.sms_url)
    with other_system(target.integrator_amqp_uri) as listener:
        return {"company_id": company_id, **story.play(target, company.prospect(number), listener, shown.tell)}


def reported(target: Target, shown: Steps, ids: dict[str, Any]) -> dict[str, Any]:
    shown.finish()
    return {
        "url": target.url,
        "logins": founding.logins(target.password),
        "amqp_uri": target.integrator_amqp_uri,
        "mailbox_url": target.mailbox_url,
        "steps": shown.done,
        "ids": ids,
    }


def next_run(path: Path) -> int:
    """Counts the runs in one place, failed ones too, so that each is about somebody else."""
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
        "Mail and SMS": report["mailbox_url"],
        "Events": report["amqp_uri"],
    }
    for name, value in rows.items():
        paper.print(f"  {name:12} {value}", soft_wrap=True)
    for role, login in report["logins"].items():
        paper.print(f"  {role:12} {login['user']}  {login['password']}")
    paper.print("\nEverything stays up until [bold]make stop[/].")
