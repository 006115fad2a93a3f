"""Spreadsheets that open as what they are: nothing is calculated, money and moments are numbers, headings stay."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest
from python_calamine import CalamineWorkbook

from chassis.spreadsheets import writing

COLUMNS = [
    {"label": "N.º", "kind": "number"},
    {"label": "Persona", "kind": "text"},
    {"label": "Fecha", "kind": "moment"},
    {"label": "Costo", "kind": "money"},
    {"label": "Estado", "kind": "word", "words": {"new": "Nueva"}},
]
MEXICO = {
    "delimiter": ",", "decimal_mark": ".", "digits": 2, "moment": "%d/%m/%Y %H:%M", "number_format": "dd/mm/yyyy hh:mm",
    "time_zone": "America/Mexico_City",
}  # fmt: skip
COLOMBIA = MEXICO | {"delimiter": ";", "decimal_mark": ",", "time_zone": "America/Bogota"}
ROW = [41, "Ana Nuñez", "2026-11-28T02:30:40+00:00", 123450, "new"]


def made(room: Path, kind: str, rows: list[Any], form: dict[str, Any] = MEXICO) -> Path:
    source, target = room / "rows", room / f"made.{kind}"
    source.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    paths = {"source": str(source), "target": str(target), "told": str(room / "told")}
    given = {**paths, "columns": COLUMNS, "form": form, "format": kind}
    assert writing.write(given) == {"rows": len(rows)}
    return target


def lines(path: Path, delimiter: str = ",") -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8 by its mark alone"
    return list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=delimiter))


@pytest.mark.parametrize(
    ("form", "day", "cost"),
    [(MEXICO, "27/11/2026 20:30", "1234.50"), (COLOMBIA, "27/11/2026 21:30", "1234,50")],
    ids=["Mexico", "Colombia"],
)
def test_a_csv_is_written_as_the_company_writes(tmp_path: Path, form: dict[str, Any], day: str, cost: str) -> None:
    written = lines(made(tmp_path, "csv", [ROW, [42, None, None, None, None]], form), form["delimiter"])
    assert written == [
        ["N.º", "Persona", "Fecha", "Costo", "Estado"],
        ["41", "Ana Nuñez", day, cost, "Nueva"],
        ["42", "", "", "", ""],
    ]


def test_an_xlsx_has_typed_cells_and_a_heading_that_stays(tmp_path: Path) -> None:
    path = made(tmp_path, "xlsx", [ROW])
    heading, row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert heading == ["N.º", "Persona", "Fecha", "Costo", "Estado"]
    assert row == [41, "Ana Nuñez", datetime(2026, 11, 27, 20, 30), 1234.5, "Nueva"]  # noqa: DTZ001 as Excel has them
    sheet = ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in sheet


@pytest.mark.parametrize("text", ['=cmd|" /C calc"!A0', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(1)"])
def test_nothing_is_calculated_when_it_is_opened(tmp_path: Path, text: str) -> None:
    row = [1, text, None, None, text]
    written = made(tmp_path, "csv", [row]).read_bytes().decode("utf-8-sig").partition("\r\n")[2]
    assert written.startswith(("1,'", "1,\"'")) and ",," in written
    sheet = ZipFile(made(tmp_path, "xlsx", [row])).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<hyperlink" not in sheet


def test_a_phone_number_stays_one_that_can_be_dialled(tmp_path: Path) -> None:
    assert lines(made(tmp_path, "csv", [[1, "+52 55 1234 5678", None, None, None]]))[1][1] == "+52 55 1234 5678"


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROWS_OF_A_SHEET", 3)
    book = CalamineWorkbook.from_path(made(tmp_path, "xlsx", [[n, "x", None, None, "new"] for n in range(5)]))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [[row[0] for row in sheet] for sheet in sheets] == [["N.º", 0, 1], ["N.º", 2, 3], ["N.º", 4]]
