"""`python -m alta.demo`: play the story against the containers of docker-compose.yml, from inside their network.

The environment says where the parts are (see the service `story` there). The company and its staff
were made by the gateway's own command; ALTA_DEMO_COMPANY is the file with what that printed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from alta.cli import FAILURES
from alta.demo.command import next_run, play, reported
from alta.demo.target import containers
from alta.terminal import answer, fail, steps


def main() -> int:
    target = containers(os.environ)
    founded = Path(os.environ["ALTA_DEMO_COMPANY"])
    company_id = json.loads(founded.read_text())["company_id"]
    try:
        with steps() as shown:
            ids = play(target, shown, company_id, number=next_run(founded.with_name("runs")))
    except FAILURES as failure:
        return fail(str(failure))
    answer(reported(target, shown, ids))
    return 0


if __name__ == "__main__":
    sys.exit(main())
