"""A simulated router as the program that it is, for tests."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from routersim.control import ask

USER, PASSWORD = "alta", "s3creto-ñ"


@dataclass
class SimulatedRouter:
    host: str
    port: int
    control: tuple[str, int]
    process: subprocess.Popen[str]
    # With API-SSL.
    tls_port: int | None = None
    fingerprint: str | None = None

    def do(self, order: str, **parameters: Any) -> dict[str, Any]:
        """Gives an order over the control port: a fault, or a question."""
        return ask(self.control, do=order, **parameters)

    def rows(self, menu: str) -> list[dict[str, str]]:
        """What is on the router, as it would be printed."""
        return self.do("rows", menu=menu)["rows"]

    @property
    def commands(self) -> int:
        return self.do("status")["commands"]


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


@contextlib.contextmanager
def simulated_router(*arguments: str) -> Iterator[SimulatedRouter]:
    """Starts one and ends it. `arguments` go to its command line."""
    command = [
        sys.executable, "-m", "routersim", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0",
        "--user", USER, "--password", PASSWORD, *arguments,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        places = json.loads(process.stdout.readline())
        host, port = _endpoint(places["routers"]["MikroTik"])
        _, tls_port = _endpoint(places["tls"]["MikroTik"]) if "tls" in places else ("", None)
        control = _endpoint(places["control"])
        yield SimulatedRouter(host, port, control, process, tls_port, places.get("fingerprint"))
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
