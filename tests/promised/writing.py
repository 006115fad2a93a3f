"""The files: a service's methods each, as they were promised last."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from chassis.service import Service
from deploy.local.place import SERVICES
from tests.promised import shapes

FOLDER = Path(__file__).parent


def present(service: str) -> dict[str, Any]:
    """As the code has it now, in the order of names."""
    module = importlib.import_module(f"services.{service}.service")
    (found,) = {
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Service) and vars(each).get("name") == service
    }
    return {name: shapes.of_method(method) for name, method in sorted(found.methods.items())}


def promised(service: str, folder: Path = FOLDER) -> dict[str, Any]:
    path = folder / f"{service}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(folder: Path = FOLDER) -> list[str]:
    """Keeps what the code has now, if it has all that was promised; returns what it lacks, and then writes nothing."""
    broken = [f"{name}: {what}" for name in SERVICES for what in shapes.broken(promised(name, folder), present(name))]
    if not broken:
        for name in SERVICES:
            (folder / f"{name}.json").write_text(_lines(present(name)), encoding="utf-8")
    return broken


def _lines(methods: dict[str, Any]) -> str:
    """A line for what each takes and one for what it gives: what is new can be read in a difference."""
    each = [
        f"{json.dumps(name)}: {{\n "
        + ",\n ".join(f"{json.dumps(way)}: {json.dumps(shape, sort_keys=True)}" for way, shape in method.items())
        + "}"
        for name, method in methods.items()
    ]
    return "{\n" + ",\n".join(each) + "\n}\n"
