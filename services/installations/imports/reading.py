"""Reading a file as tables of texts; in a process of its own (`chassis.workers`), because files may be hostile.

Formulas are never calculated: a workbook gives the values that it was saved with, and a text is a text.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from chassis.errors import ValidationFailed

MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 4_000
SAMPLES = 5
MOST_INFLATED = 400 * 1024 * 1024  # bytes of a workbook's parts together
MOST_PARTS = 2_000
SEPARATORS = ",;\t|"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SECRET = re.compile(r"pass|contrase|clave|secret[oa]|\bpin\b|\bkey\b", re.IGNORECASE)

Row = list[str]


def read(request: dict[str, Any]) -> dict[str, Any]:
    """What the file at `path` is: `{encoding, separator, sheets}`, each sheet `{name, heading_line, headings,
    samples, rows}`. With `target`, the rows of the sheet of number `sheet` are written there, a JSON array of line and
    cells on each line. `encoding` and `separator`, where they are given, are not guessed.

    Raises `ValidationFailed`: "import-no-table", "import-too-large", "file-encrypted", "import-too-many-rows".
    """
    path = Path(request["path"])
    with path.open("rb") as file:
        first = file.read(4)
    if first in (_ZIP, _OLE):
        found, sheets = {"encoding": None, "separator": None}, _workbook(path)
    else:
        found, sheets = _text(path.read_bytes(), request.get("encoding"), request.get("separator"))
    seen = [_seen(name, rows) for name, rows in sheets]
    if not any(sheet["headings"] for sheet in seen):
        raise ValidationFailed("import-no-table")
    if "target" in request:
        _write(sheets[request["sheet"]][1], seen[request["sheet"]]["heading_line"], Path(request["target"]))
    return found | {"sheets": seen}


def _seen(name: str, rows: list[Row]) -> dict[str, Any]:
    """Where its headings are: in the first line with at least two cells that say something, else the first at all."""
    numbers = [number for number, row in enumerate(rows) if sum(map(bool, row)) > 1]
    numbers = numbers or [number for number, row in enumerate(rows) if any(row)]
    if not numbers:
        return {"name": name, "heading_line": 0, "headings": [], "samples": [], "rows": 0}
    heading, data = rows[numbers[0]], [row for row in rows[numbers[0] + 1 :] if any(row)]
    width = max(len(row) for row in rows[numbers[0] :])
    secret = {number for number, text in enumerate(heading) if _SECRET.search(text)}
    return {
        "name": name,
        "heading_line": numbers[0] + 1,
        "headings": [*heading, *[""] * (width - len(heading))],
        "samples": [_sample(row, secret) for row in data[:SAMPLES]],
        "rows": len(data),
    }


def _sample(row: Row, secret: set[int]) -> Row:
    """What may be looked at: no passwords."""
    return ["•••" if number in secret and cell else cell[:80] for number, cell in enumerate(row)]


def _write(rows: list[Row], heading_line: int, target: Path) -> None:
    with target.open("wb") as file:
        for line, row in enumerate(rows, 1):
            if line > heading_line and any(row):
                file.write(orjson.dumps([line, row]) + b"\n")


# Workbooks.


def _workbook(path: Path) -> list[tuple[str, list[Row]]]:
    try:
        _not_a_bomb(path)
        book = CalamineWorkbook.from_path(str(path))
        return [(name, _bounded(map(_texts, book.get_sheet_by_name(name).iter_rows()))) for name in book.sheet_names]
    except PasswordError as error:
        raise ValidationFailed("file-encrypted") from error
    except (CalamineError, ZipError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise ValidationFailed("import-no-table") from error


def _not_a_bomb(path: Path) -> None:
    """By what its directory says; what lies about itself meets the worker's limit of memory."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
        raise ValidationFailed("import-too-large")


def _texts(row: list[Any]) -> Row:
    return [_shown(cell) for cell in row]


def _shown(cell: Any) -> str:
    match cell:
        case str():
            return _plain(cell)
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime.datetime():
            return cell.isoformat(timespec="minutes") if cell.time() != datetime.time() else f"{cell:%Y-%m-%d}"
        case datetime.date():
            return cell.isoformat()
        case datetime.time():
            return f"{cell:%H:%M}"
    return _plain(str(cell))


# Texts.


def _text(content: bytes, encoding: str | None, separator: str | None) -> tuple[dict[str, Any], Any]:
    encoding = encoding or _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValidationFailed("import-no-table") from error
    if "\0" in text:
        raise ValidationFailed("import-no-table")
    # What spreadsheets write for themselves: which separator follows.
    told = text[:6].lower()
    if told.startswith("sep=") and len(told) > 4:
        separator, text = separator or told[4], text.partition("\n")[2]
    separator = separator or _separator(text)
    rows = _bounded([_plain(cell) for cell in row] for row in _records(text, separator))
    return {"encoding": encoding, "separator": separator}, [("", rows)]


def _encoding(content: bytes) -> str:
    """By its mark; without one UTF-16 by its zeros, UTF-8 where it is that, else what Windows writes."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    head = content[:4_000]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[offset::2].count(0)
        if zeros > len(head) // 8 and head[1 - offset :: 2].count(0) == 0:
            return name
    with suppress(UnicodeDecodeError):
        content.decode("utf-8")
        return "utf-8"
    with suppress(UnicodeDecodeError):
        content.decode("cp1252")
        return "cp1252"
    return "latin-1"


def _separator(text: str) -> str:
    """The one that cuts the first records into the most equal parts."""
    head = text[:64_000]

    def score(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row, _ in zip(_records(head, separator), range(25), strict=False) if any(row))
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        return (count if width > 1 else 0, width)

    return max(SEPARATORS, key=score)


def _records(text: str, separator: str) -> Iterator[Row]:
    """One row for each line on which a record begins; the lines that a quoted text goes over are empty rows."""
    csv.field_size_limit(1_000_000)
    reader, began = csv.reader(io.StringIO(text, newline=""), delimiter=separator), 0
    try:
        for row in reader:
            yield row
            yield from ([] for _ in range(reader.line_num - began - 1))
            began = reader.line_num
    except csv.Error as error:
        raise ValidationFailed("import-no-table") from error


# Both.


def _bounded(rows: Iterable[Row]) -> list[Row]:
    kept: list[Row] = []
    filled = 0
    for row in rows:
        filled += any(row)
        if filled > MOST_ROWS + 1 or len(kept) > 4 * MOST_ROWS:
            raise ValidationFailed("import-too-many-rows", most=MOST_ROWS)
        kept.append(row[:MOST_COLUMNS])
    return kept


def _plain(text: str) -> str:
    """Without what no database keeps, and without the mark that keeps a spreadsheet from calculating it."""
    text = "".join(c for c in text if c in "\n\t" or (c.isprintable() and not "\ud800" <= c <= "\udfff")).strip()
    if len(text) > 1 and text[0] == "'" and text[1] in "=+-@":
        text = text[1:]
    return text[:LONGEST_CELL]
