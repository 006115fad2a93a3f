"""`python -m events` writes `docs/events/`; `python -m events --check` fails when what is there is stale."""

from __future__ import annotations

import sys
from pathlib import Path

from events.document import documents

TARGET = Path(__file__).parent.parent / "docs" / "events"


def stale(target: Path = TARGET) -> list[str]:
    """The generated files that are missing, differ, or describe an event that is no more."""
    wanted = documents()
    present = {str(path.relative_to(target)) for path in target.rglob("*.json")}
    differing = {
        name
        for name, text in wanted.items()
        if not (target / name).is_file() or (target / name).read_text(encoding="utf-8") != text
    }
    return sorted(differing | (present - wanted.keys()))


def write(target: Path = TARGET) -> None:
    for leftover in target.glob("schemas/*.json"):
        leftover.unlink()
    (target / "schemas").mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (target / name).write_text(text, encoding="utf-8")


def main() -> int:
    if "--check" not in sys.argv[1:]:
        write()
        return 0
    if names := stale():
        print("docs/events/ is stale, run `python -m events`:", *names, sep="\n  ", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
