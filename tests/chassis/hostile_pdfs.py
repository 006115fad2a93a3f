"""PDFs that do something when they are opened, at every place where that could hide.

What may become of a hostile file: `REFUSED`, with a `file-…` or `image-…` code. `CLEANED`: taken, and of the bytes
that made it hostile nothing is left. `EITHER`: a decoder may be able to make something of it; then that alone is left.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from tests.chassis.uploads import a_pdf

REFUSED, CLEANED, EITHER = "refused", "cleaned", "either"
MARK = b"HOSTILE-MARK"


def pdfs() -> Iterator[tuple[str, bytes, str]]:
    """What a PDF could do, at every place where it could hide."""
    for action in ("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition"):
        yield f"pdf that opens with {action}", a_pdf(opening=action), REFUSED
    for action in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"):
        yield f"pdf whose link does {action}", _pdf_annotated(_action(action)), REFUSED
        yield f"pdf whose page does {action}", _pdf_page({"/AA": {"/O": _action(action)}}), REFUSED
    for kind in ("/FileAttachment", "/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"):
        yield f"pdf with {kind}", _pdf_annotated(None, kind), REFUSED
    yield "pdf with a script in its names", a_pdf(script="app.alert(1)"), REFUSED
    yield "pdf with a file", a_pdf(attachment=MARK), REFUSED
    yield "pdf of forms that are programs", _pdf_catalog({"/AcroForm": {"/XFA": "x", "/Fields": []}}), REFUSED
    yield "pdf with a script nobody calls", _pdf_loose({"/S": "/JavaScript", "/JS": "x"}), REFUSED
    yield "pdf that does more on closing", _pdf_catalog({"/AA": {"/WC": _action("/JavaScript")}}), REFUSED
    disguised = a_pdf(opening="/GoTo").replace(b"/S /GoTo", b"/#53 /#4aavaScript")
    yield "pdf with names in disguise", disguised, EITHER
    yield "pdf packed in itself", _pdf_packed(), REFUSED
    yield "pdf with a key", a_pdf(password="x"), REFUSED
    yield "pdf of many pages", a_pdf(201), REFUSED
    yield "pdf of no pages", a_pdf(0), REFUSED
    yield "pdf whose pages go round", _pdf_round(), REFUSED
    yield "pdf whose pages are counted wrong", a_pdf().replace(b"/Count 1", b"/Count 9"), EITHER
    yield "pdf nested deep", _pdf_raw(b"[" * 60_000 + b"]" * 60_000), REFUSED
    yield "pdf with a stream that unpacks", _pdf_stream(zlib.compress(b"\0" * 80_000_000)), EITHER
    yield "pdf that says where it starts wrong", a_pdf().replace(b"startxref\n", b"startxref\n9999"), EITHER
    yield "pdf that was added to", a_pdf() + b"\n1 0 obj\n<</S /JavaScript /JS (x)>>\nendobj\n%%EOF", EITHER


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _action(kind: str) -> dict[str, object]:
    return {"/S": kind, "/JS": "HOSTILE-MARK", "/F": "cmd.exe", "/URI": "http://x.example"}


def _as_pdf(given: object) -> object:
    if isinstance(given, dict):
        return DictionaryObject({NameObject(name): _as_pdf(value) for name, value in given.items()})
    if isinstance(given, list):
        return ArrayObject([_as_pdf(each) for each in given])
    if isinstance(given, str):
        return NameObject(given) if given.startswith("/") else TextStringObject(given)
    return given


def _one_page() -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    return writer


def _pdf_annotated(action: dict[str, object] | None, kind: str = "/Link") -> bytes:
    writer = _one_page()
    note: dict[str, object] = {"/Type": "/Annot", "/Subtype": kind, "/Rect": [NumberObject(n) for n in (0, 0, 50, 50)]}
    note |= {"/A": action} if action else {}
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(_as_pdf(note))])
    return _written(writer)


def _pdf_page(entries: dict[str, object]) -> bytes:
    writer = _one_page()
    writer.pages[0].update(_as_pdf(entries))
    return _written(writer)


def _pdf_catalog(entries: dict[str, object]) -> bytes:
    writer = _one_page()
    writer._root_object.update(_as_pdf(entries))
    return _written(writer)


def _pdf_loose(entry: dict[str, object]) -> bytes:
    writer = _one_page()
    writer._root_object[NameObject("/Extra")] = writer._add_object(_as_pdf(entry))
    return _written(writer)


def _pdf_packed() -> bytes:
    """The script is in a stream of compressed objects, where no text search sees it."""
    writer = _one_page()
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(_as_pdf(_action("/JavaScript")))
    out = io.BytesIO()
    writer.compress_identical_objects()
    writer.write(out)
    return out.getvalue()


def _pdf_stream(content: bytes) -> bytes:
    writer = _one_page()
    stream = StreamObject()
    stream._data = content
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return _written(writer)


def _pdf_round() -> bytes:
    return _pdf_raw(b"null", pages=b"<</Type /Pages /Kids [2 0 R 2 0 R] /Count 2>>")


def _pdf_raw(extra: bytes, pages: bytes = b"<</Type /Pages /Kids [3 0 R] /Count 1>>") -> bytes:
    """Written out by hand: what no library would write."""
    bodies = [
        b"<</Type /Catalog /Pages 2 0 R /Extra 4 0 R>>", pages,
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>", extra,
    ]  # fmt: skip
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer\n<</Size 5 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
