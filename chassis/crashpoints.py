"""Named places where a process can be made to die, so that a test can kill it at every step boundary.

Nothing happens unless ALTA_CRASH_DIR is set. Then each place that is reached leaves a file in
`seen/`; a file of its name in `armed/` is moved to `fired/` and the process ends at once, as
`kill -9` would end it. Moving the file first makes it die once and not at every restart.
"""

from __future__ import annotations

import os
from pathlib import Path

EXIT_CODE = 137
_directory = os.environ.get("ALTA_CRASH_DIR")


def reached(name: str) -> None:
    """Says that the place called `name` (`relay.confirmed`) was reached."""
    if _directory is not None:
        _record(Path(_directory), name)


def _record(directory: Path, name: str) -> None:
    for folder in ("seen", "armed", "fired"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / "seen" / name).touch()
    try:
        (directory / "armed" / name).rename(directory / "fired" / name)
    except FileNotFoundError:
        return
    os._exit(EXIT_CODE)
