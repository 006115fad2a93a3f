"""The routers' configurations in a file, kept over a restart of the program.

`{"format": 2, "routers": {NAME: {"version": "7.18.2", "menus": {PATH: rows}}}}`. Files of the first format, which
were `{NAME: {PATH: rows}}`, are read as well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from routersim.router import Router

FORMAT = 2

Saved = dict[str, dict[str, Any]]


def save(path: Path, routers: Mapping[str, Router]) -> None:
    """Whoever reads the file sees what was there before or all of what is new, also when the power goes."""
    saved = {name: {"version": str(router.version), "menus": router.dump()} for name, router in routers.items()}
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("w") as file:
        json.dump({"format": FORMAT, "routers": saved}, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def load(path: Path) -> Saved:
    """The routers of a file by name. Raises `ValueError` for a file that cannot be read, `OSError` for none."""
    content = json.loads(path.read_text())
    if "format" not in content:
        return {name: {"menus": menus} for name, menus in content.items()}
    if content["format"] > FORMAT:
        raise ValueError(f"{path} is of format {content['format']}, and this program reads up to {FORMAT}")
    return content["routers"]


def restored(name: str, saved: Mapping[str, Any]) -> Router:
    """A router as it was saved, to look at."""
    router = Router(name, saved["version"]) if "version" in saved else Router(name)
    router.load(saved["menus"])
    return router
