"""Files as people and others upload them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from pypdf.generic import DictionaryObject, NameObject


def a_photo(size=(640, 480), *, format="JPEG", mode="RGB", color=(200, 30, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, format, **options)
    return out.getvalue()


def a_photo_with_metadata() -> bytes:
    """Sideways, with the place where it was taken, a comment and a profile."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (19.0, 25.0, 57.0)
    return a_photo((300, 100), exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE" * 10)


def a_png_with_texts() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "SECRET-AUTHOR")
    return a_photo(format="PNG", pnginfo=texts)


def a_png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that would become gigabytes of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def a_pdf(pages: int = 1, **changes) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if "script" in changes:
        writer.add_open_action(JavaScript(changes["script"]))
    if "opening" in changes:
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject("/S"): NameObject(changes["opening"]), NameObject("/D"): writer.pages[0].indirect_reference}
        )
    if "attachment" in changes:
        writer.add_attachment("program.exe", changes["attachment"])
    if "password" in changes:
        writer.encrypt(changes["password"])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
