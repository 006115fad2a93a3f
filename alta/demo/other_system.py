"""Another system: the subscriber of docs/integrating.md, run word for word."""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deploy.local.place import ROOT

# Says when it begins to listen; the program itself is run as it stands in the document.
HARNESS = """
from pika.adapters.blocking_connection import BlockingChannel
consume = BlockingChannel.consume
def announced(*arguments, **options):
    print("listening", flush=True)
    return consume(*arguments, **options)
BlockingChannel.consume = announced
"""

DOCUMENT = ROOT / "docs" / "integrating.md"


class NotHeard(Exception):
    """The other system was not told in time."""


class OtherSystem:
    """What it printed: one line per event, beginning with its type."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: queue.Queue[str] = queue.Queue()
        self._heard: list[str] = []
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()
        self._wait_for(lambda line: line == "listening", "it does not listen", seconds=20)

    def wait_for(self, event: str, about: str, *, seconds: float = 20) -> str:
        """The line that tells this event and contains `about`; raises `NotHeard`."""
        return self._wait_for(
            lambda line: line.startswith(f"{event} ") and about in line, f"{event} about {about} was not told", seconds
        )

    def _wait_for(self, suits: Callable[[str], bool], otherwise: str, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        while True:
            for line in self._heard:
                if suits(line):
                    return line
            try:
                self._heard.append(self._lines.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                raise NotHeard(f"{otherwise}; heard: {self._heard}") from None

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put(line.strip())


def documented_subscriber() -> str:
    """The program in the document."""
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return blocks[0]


@contextmanager
def other_system(amqp_uri: str) -> Iterator[OtherSystem]:
    process = subprocess.Popen(
        [sys.executable, "-c", HARNESS + documented_subscriber(), amqp_uri],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield OtherSystem(process)
    finally:
        process.kill()
        process.wait()
