"""Puts the `alta` command into the environment that runs this, pointing at this checkout.

The checkout is not built and installed as a package: what runs is what is in the folder.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """#!{python}
import sys

from alta.cli import main

sys.exit(main())
"""


def install() -> Path:
    (Path(sysconfig.get_path("purelib")) / "alta-checkout.pth").write_text(f"{ROOT}\n")
    command = Path(sysconfig.get_path("scripts")) / "alta"
    command.write_text(SCRIPT.format(python=sys.executable))
    command.chmod(0o755)
    return command


if __name__ == "__main__":
    install()
