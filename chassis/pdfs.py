"""What a PDF would do when it is opened: looked for in every object of it. Runs in a worker process.

A paper has pages to look at. One that brings scripts, programs to start, other files, films or forms that are
programs is refused, wherever in the file that is: a reader may find it by another way than we do. Links that
somebody must click to follow are taken. Source: PDF 32000-1:2008, 7.7.2, 7.11.4, 12.5.6 and 12.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chassis.errors import ValidationFailed

PAGES = 200
OBJECTS = 50_000
TRAILING_BYTES = 1024  # after a PDF's end; more is another file that hides there
_KEYS = frozenset(
    {"/JS", "/JavaScript", "/AA", "/XFA", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/RichMediaSettings"}
)
_ACTIONS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/RichMediaExecute",
        "/Movie", "/Sound",
    }
)  # fmt: skip
_KINDS = frozenset({"/FileAttachment", "/RichMedia", "/3D", "/Screen", "/Movie", "/Sound", "/EmbeddedFile"})
# Readers that mend a broken file look for objects that no table names: these words are refused wherever they stand.
_WORDS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm", b"/ImportData")
# Of its own accord a paper opens at one of its pages, and nowhere else.
_OPENING = _ACTIONS | {"/URI"}


def check_pdf(path: Path) -> None:
    """Raises `ValidationFailed`: "file-damaged", "file-encrypted", "file-too-many-pages", "file-not-safe"."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    _refuse_by_bytes(path)
    try:
        with path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted:
                raise ValidationFailed("file-encrypted")
            _refuse_opening(reader)
            for each in _objects(reader):
                _refuse_dangerous(each)
            count = _count_pages(reader)
    except (
        PyPdfError, OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError,
        NotImplementedError, AssertionError,
    ) as error:  # fmt: skip
        # pypdf raises these too for objects that are not what they should be.
        raise ValidationFailed("file-damaged") from error
    if count == 0:
        raise ValidationFailed("file-damaged")


def _refuse_by_bytes(path: Path) -> None:
    content = path.read_bytes()
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise ValidationFailed("file-damaged")
    if len(content) - end > TRAILING_BYTES or any(word in content for word in _WORDS):
        raise ValidationFailed("file-not-safe")


def _refuse_opening(reader: Any) -> None:
    opening = reader.trailer["/Root"].get_object().get("/OpenAction")
    action = opening.get_object() if opening is not None else None
    if isinstance(action, dict) and action.get("/S") in _OPENING:
        raise ValidationFailed("file-not-safe")


def _objects(reader: Any) -> Iterator[Any]:
    """Every object that the file's tables name, used or not."""
    from pypdf.generic import IndirectObject

    named = {(number, generation) for generation, found in reader.xref.items() for number in found}
    named |= {(number, 0) for number in reader.xref_objStm}
    if len(named) > OBJECTS:
        raise ValidationFailed("file-not-safe")
    yield reader.trailer
    for number, generation in sorted(named):
        if number:  # the first is the head of the list of free ones
            yield IndirectObject(number, generation, reader).get_object()


def _refuse_dangerous(found: Any) -> None:
    """With what it holds itself; what it refers to is looked at in its own turn."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            kinds = {str(each.raw_get(name)) for name in ("/Subtype", "/Type") if name in each}
            acts = "/S" in each and str(each.raw_get("/S")) in _ACTIONS
            if acts or not _KEYS.isdisjoint(each) or not _KINDS.isdisjoint(kinds):
                raise ValidationFailed("file-not-safe")
            waiting.extend(dict.values(each))
        elif isinstance(each, list):
            waiting.extend(list.__iter__(each))


def _count_pages(reader: Any) -> int:
    """Walks the tree itself: one that leads back into itself has no end."""
    count, seen = 0, set()
    waiting = [reader.trailer["/Root"].get_object().raw_get("/Pages")]
    while waiting:
        reference = waiting.pop()
        if (number := getattr(reference, "idnum", None)) in seen:
            raise ValidationFailed("file-damaged")
        seen.add(number)
        node = reference.get_object()
        if "/Kids" in node:
            waiting.extend(list.__iter__(node["/Kids"]))
        else:
            count += 1
        if count > PAGES:
            raise ValidationFailed("file-too-many-pages", max_pages=PAGES)
        if len(seen) > OBJECTS:
            raise ValidationFailed("file-not-safe")
    return count
