"""Files that people take away when they import: the rows with why they stay out, and one to fill in."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import xlsxwriter

Row = Sequence[str]


def as_csv(rows: Iterable[Row]) -> Iterator[str]:
    """Spreadsheets take a text for UTF-8 only when it begins so."""
    yield "\ufeff"
    for row in rows:
        written = io.StringIO()
        csv.writer(written).writerow([_harmless(cell) for cell in row])
        yield written.getvalue()


def as_workbook(sheets: Sequence[tuple[str, Iterable[Row]]]) -> BinaryIO:
    """Every cell is a text; what is long is written to the disk as it comes."""
    target = tempfile.TemporaryFile(prefix="alta-")  # noqa: SIM115 - whoever sends it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        for name, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 40, 18)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell, None if number else bold)
    target.seek(0)
    return target


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would calculate is text (OWASP, "CSV Injection"); importing takes the mark off."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
