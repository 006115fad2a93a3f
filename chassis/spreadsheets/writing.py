"""A spreadsheet made of rows in a file. Runs in a worker process; memory does not grow with the rows.

Nothing in it is calculated when it is opened: texts that a spreadsheet would take for a formula are defused
(OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from chassis.spreadsheets.kinds import MOMENT, MONEY, NUMBER, WORD

# A sheet of Excel ends here: https://support.microsoft.com, "Excel specifications and limits".
ROWS_OF_A_SHEET = 1_048_576
TELLING = 5_000  # rows between two words of how far it is
_WIDTHS = {MOMENT: 18, MONEY: 14, NUMBER: 10}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
# What is dialled is no formula, and is to be dialled from the spreadsheet, too.
_PHONE = re.compile(r"\+[0-9][0-9 ()]{5,24}")

Row = Sequence[Any]


def write(given: dict[str, Any]) -> dict[str, Any]:
    """Makes `target` of `source`, a file with one JSON list per row; returns how many `rows` there were.

    The file `told` says meanwhile how many are written.

    `columns` are `{"label", "kind", "words"}`, `format` is csv or xlsx; `form` is how the company writes: `delimiter`,
    `decimal_mark`, `digits` of its money, `moment` for strftime, `number_format` for moments in Excel, `time_zone`.
    """
    make = _write_xlsx if given["format"] == "xlsx" else _write_csv
    with Path(given["source"]).open("rb") as lines:
        rows = make(Path(given["target"]), _told(lines, Path(given["told"])), given["columns"], given["form"])
    return {"rows": rows}


def _told(lines: Iterable[bytes], told: Path) -> Iterator[Row]:
    number = 0
    for number, line in enumerate(lines, 1):
        yield orjson.loads(line)
        if number % TELLING == 0:
            _tell(told, number)
    # What follows is put together from what was written, and takes a while.
    _tell(told, number)


def _tell(told: Path, number: int) -> None:
    """Whoever reads it never finds half of it."""
    told.with_suffix(".new").write_text(str(number))
    told.with_suffix(".new").replace(told)


def _write_csv(target: Path, rows: Iterator[Row], columns: Sequence[Any], form: Mapping[str, Any]) -> int:
    shown = [_as_text(column, form) for column in columns]
    count = 0
    # Excel takes a file for UTF-8 only when it begins with the mark.
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=form["delimiter"], lineterminator="\r\n")
        writer.writerow([defused(column["label"]) for column in columns])
        for row in rows:
            writer.writerow(["" if value is None else show(value) for show, value in zip(shown, row, strict=True)])
            count += 1
    return count


def defused(text: str) -> str:
    """With an apostrophe before it, where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_FORMULA) and not _PHONE.fullmatch(text) else text


def _as_text(column: Mapping[str, Any], form: Mapping[str, Any]) -> Callable[[Any], str]:
    kind = column["kind"]
    if kind == NUMBER:
        return str
    if kind == MONEY:
        return lambda minor: f"{_amount(minor, form):f}".replace(".", form["decimal_mark"])
    if kind == MOMENT:
        zone = ZoneInfo(form["time_zone"])
        return lambda text: f"{_local(text, zone):{form['moment']}}"
    if kind == WORD:
        return lambda word: defused(column["words"].get(word, word))
    return lambda value: defused(str(value))


def _write_xlsx(target: Path, rows: Iterator[Row], columns: Sequence[Any], form: Mapping[str, Any]) -> int:
    # Half a second that only those wait for who want this format.
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": target.parent}
    with Workbook(target, options) as book:
        styles = _Styles(book, form)
        sheet, count, at = _new_sheet(book, columns, styles), 0, 1
        writers = [_cell_writer(column, form, styles) for column in columns]
        for row in rows:
            if at == ROWS_OF_A_SHEET:
                sheet, at = _new_sheet(book, columns, styles), 1
            for place, value in enumerate(row):
                if value is not None:
                    writers[place](sheet, at, place, value)
            at, count = at + 1, count + 1
    return count


class _Styles:
    """Cell formats of one workbook."""

    def __init__(self, book: Any, form: Mapping[str, Any]) -> None:
        self.heading = book.add_format({"bold": True, "bottom": 1})
        self.moment = book.add_format({"num_format": form["number_format"]})
        self.money = book.add_format({"num_format": "#,##0" + ("." + "0" * form["digits"] if form["digits"] else "")})


def _new_sheet(book: Any, columns: Sequence[Any], styles: _Styles) -> Any:
    """With its headings, which stay when one scrolls."""
    sheet = book.add_worksheet()
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS.get(column["kind"], 22))
        sheet.write_string(0, place, column["label"], styles.heading)
    sheet.freeze_panes(1, 0)
    return sheet


def _cell_writer(column: Mapping[str, Any], form: Mapping[str, Any], styles: _Styles) -> Callable[..., Any]:
    kind = column["kind"]
    if kind == NUMBER:
        return lambda sheet, row, place, value: sheet.write_number(row, place, value)
    if kind == MONEY:
        return lambda sheet, row, place, minor: sheet.write_number(row, place, _amount(minor, form), styles.money)
    if kind == MOMENT:
        zone = ZoneInfo(form["time_zone"])
        return lambda sheet, row, place, text: sheet.write_datetime(row, place, _local(text, zone), styles.moment)
    if kind == WORD:
        return lambda sheet, row, place, word: sheet.write_string(row, place, column["words"].get(word, word))
    return lambda sheet, row, place, value: sheet.write_string(row, place, str(value)[:32_767])


def _amount(minor: int, form: Mapping[str, Any]) -> Decimal:
    return Decimal(minor).scaleb(-form["digits"])


def _local(text: str, zone: ZoneInfo) -> datetime:
    """To the minute, as a clock on the wall shows it."""
    at = datetime.fromisoformat(text).astimezone(zone).replace(tzinfo=None)
    return at - timedelta(seconds=at.second, microseconds=at.microsecond)
