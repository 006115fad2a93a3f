"""PRE-3: more than two hundred hostile files: refused by name or encoded anew, no worker dies, memory is bounded."""

from __future__ import annotations

import io
import os
import re
import uuid
from pathlib import Path

import pytest
from PIL import Image

from chassis.errors import ValidationFailed
from chassis.files import open_store
from chassis.images import EXTENSIONS, JPEG, PDF, PNG, Documents, clean_name
from tests.chassis.hostile import NAMES, Hostile, corpus
from tests.chassis.hostile_pdfs import CLEANED, EITHER, MARK, REFUSED

MOST_MEMORY_MB = 512
CODES = re.compile(r"(file|image)-[a-z-]+")


@pytest.fixture(scope="module")
def inspected(tmp_path_factory):
    """What became of each: its code, or what is kept; and the workers that were started."""
    store = open_store(f"file://{tmp_path_factory.mktemp('hostile')}")
    company, documents, workers, most, found = uuid.uuid4(), Documents(store), set(), 0, {}
    for each in corpus():
        staged = store.stage(io.BytesIO(each.content), 50_000_000)
        given = {"staged_key": staged.key, "filename": each.filename, "sha256": staged.sha256}
        try:
            taken = documents.take(company, **given)
            with store.open(taken.file_key, company_id=company) as stream:
                found[each.name] = (each, taken, stream.read())
        except ValidationFailed as refused:
            found[each.name] = (each, refused, b"")
        alive = {worker._process.pid for worker in documents._workers._idle}
        workers |= alive
        most = max([most, *(_highest_mb(pid) for pid in alive)])
    documents.close()
    return found, workers, most


def test_pre_3_every_hostile_file_is_refused_by_name_or_cleaned(inspected):
    found, _workers, _most = inspected
    assert len(found) >= 200
    wrong = {name: why for name, outcome in found.items() if (why := _what_is_wrong(*outcome))}
    assert wrong == {}


def test_pre_3_no_worker_dies_of_it_and_memory_stays_bounded(inspected, record_property):
    _found, workers, most = inspected
    record_property("worker_highest_mb", most)
    assert len(workers) == 1, "one worker took them all, one after the other"
    assert most < MOST_MEMORY_MB


@pytest.mark.parametrize("name", NAMES)
def test_pre_3_no_name_leads_anywhere(name):
    cleaned = clean_name(name)
    assert cleaned and len(cleaned) <= 120
    assert not set(cleaned) & set('/\\\0\r\n<>:"|?*\u202e\u2066\u200b') and cleaned not in (".", "..")


def _what_is_wrong(hostile: Hostile, outcome: object, kept: bytes) -> str | None:
    if isinstance(outcome, ValidationFailed):
        if hostile.outcome == CLEANED:
            return f"refused: {outcome.code}"
        named = outcome.params.get("filename") == clean_name(hostile.filename)
        return None if CODES.fullmatch(outcome.code) and named else f"not refused by name: {outcome}"
    if hostile.outcome == REFUSED:
        return "taken"
    assert hostile.outcome in (CLEANED, EITHER)
    return _what_is_left(outcome, kept)


def _what_is_left(taken, kept: bytes) -> str | None:
    if taken.content_type not in (PDF, PNG, JPEG):
        return f"kept as {taken.content_type}"
    if not re.search(rf"\.({EXTENSIONS[taken.content_type]}|jpeg)$", taken.filename.lower()):
        return f"kept as {taken.filename}"
    if taken.content_type == PDF:
        return "a script is left" if b"/JavaScript" in kept or b"/JS" in kept else None
    if MARK in kept or b"<script" in kept or b"Exif" in kept:
        return "something is left of it"
    with Image.open(io.BytesIO(kept)) as image:
        image.load()
        left = set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "transparency"}
        return f"{left} is left" if left or image.getexif() or max(image.size) > 2400 else None


def _highest_mb(pid: int) -> float:
    """The most memory that a process has had."""
    status = Path(f"/proc/{pid}/status")
    if os.path.exists(status):
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024
    return 0.0
