"""What the workers of `test_workers.py` do."""

from __future__ import annotations

import os
import sys
import time

from chassis.errors import Conflict, NotFound, Permanent, Transient


class NameTaken(Conflict):
    code = "name-taken"


def work(payload: dict) -> dict:
    return _ACTIONS[payload["do"]](payload)


def _echo(payload: dict) -> dict:
    print("noise that is no answer")
    return {"said": payload.get("say"), "pid": os.getpid(), "environment": sorted(os.environ)}


def _sleep(payload: dict) -> dict:
    time.sleep(payload["seconds"])
    return {"pid": os.getpid()}


def _spin(payload: dict) -> dict:
    while True:
        pass


def _eat(payload: dict) -> dict:
    return {"size": len(bytearray(payload["mb"] * 1024 * 1024))}


def _die(payload: dict) -> dict:
    os._exit(payload["status"])


def _raise(payload: dict) -> dict:
    raise {
        "refusal": NameTaken(name="x"),
        "not-found": NotFound("page-not-found"),
        "transient": Transient("router-offline", router="r1"),
        "permanent": Permanent("no-such-plan"),
        "mistake": LookupError("oops"),
    }[payload["what"]]


def _large(payload: dict) -> dict:
    return {"text": "x" * payload["size"]}


def _modules(payload: dict) -> dict:
    return {"modules": sorted(sys.modules)}


_ACTIONS = {
    "echo": _echo, "sleep": _sleep, "spin": _spin, "eat": _eat, "die": _die,
    "raise": _raise, "large": _large, "modules": _modules,
}  # fmt: skip
