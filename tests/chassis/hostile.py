"""More than two hundred files that nobody should trust, each with what may become of it: see `hostile_pdfs`."""

from __future__ import annotations

import dataclasses
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin

from tests.chassis.hostile_pdfs import CLEANED, EITHER, MARK, REFUSED, pdfs
from tests.chassis.uploads import a_pdf, a_photo, a_photo_with_metadata, a_png_that_claims

SCRIPT = b"<script>alert('HOSTILE-MARK')</script>"


@dataclasses.dataclass(frozen=True, slots=True)
class Hostile:
    """`filename` is what the sender calls it."""

    name: str
    content: bytes
    outcome: str
    filename: str = "paper.jpg"


def corpus() -> list[Hostile]:
    made = [*_not_papers(), *_lying_names(), *_polyglots(), *_images(), *_bombs(), *_cut_off(), *_garbled()]
    made += [Hostile(name, content, outcome, "paper.pdf") for name, content, outcome in pdfs()]
    assert len({each.name for each in made}) == len(made)
    return made


def _not_papers() -> Iterator[Hostile]:
    """What a browser or a machine would run or open, under a paper's name."""
    contents = {
        "html": b"<!doctype html><html>" + SCRIPT,
        "html after spaces": b"\n \t " + b"<html>" + SCRIPT,
        "html with a mark of order": b"\xef\xbb\xbf<html>" + SCRIPT,
        "html in utf-16": ("<html>" + SCRIPT.decode()).encode("utf-16"),
        "svg with a script": b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
        "svg that loads": b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>",
        "svg with a foreign object": b"<svg><foreignObject><iframe src='javascript:alert(1)'/></foreignObject></svg>",
        "svg with entities": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><svg>&e;</svg>",
        "xml that laughs": b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"<!ENTITY b '&a;&a;&a;'>" * 9 + b"]><l>&b;</l>",
        "xhtml": b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>" + SCRIPT + b"</html>",
        "mhtml": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + SCRIPT,
        "javascript": b"alert('HOSTILE-MARK')",
        "php": b"<?php system($_GET['c']); ?>",
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "windows program": b"MZ" + b"\0" * 300,
        "linux program": b"\x7fELF" + b"\0" * 300,
        "java class": b"\xca\xfe\xba\xbe" + b"\0" * 60,
        "batch": b"@echo off\r\nformat c:\r\n",
        "shortcut": b"[InternetShortcut]\r\nURL=file:///c:/windows\r\n",
        "zip": _zip({"a.exe": MARK}),
        "zip that climbs": _zip({"../../../../etc/cron.d/x": MARK}),
        "office with macros": _zip({"word/vbaProject.bin": MARK, "[Content_Types].xml": b"<x/>"}),
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "rtf": b"{\\rtf1{\\object\\objdata " + MARK + b"}}",
        "gzip": b"\x1f\x8b\x08" + b"\0" * 40,
        "tar": b"x" * 257 + b"ustar\x0000" + b"\0" * 300,
        "rar": b"Rar!\x1a\x07\x01\x00" + b"\0" * 40,
        "seven zip": b"7z\xbc\xaf\x27\x1c" + b"\0" * 40,
        "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        "gif that is a script": b"GIF89a/*\0*/=1;alert('HOSTILE-MARK')//",
        "webp": a_photo(format="WEBP"),
        "bmp": a_photo((8, 8), format="BMP"),
        "tiff": a_photo((8, 8), format="TIFF"),
        "icon": a_photo((16, 16), format="ICO"),
        "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 60,
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "avif": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
        "film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        "flash": b"FWS\x05" + b"\0" * 40,
        "postscript": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file",
        "postscript picture": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
        "metafile": b"\xd7\xcd\xc6\x9a" + b"\0" * 60,
        "x pixmap": b"/* XPM */ static char *x[] = {\"1 1 1 1\"};",
        "astronomy": b"SIMPLE  =                    T" + b" " * 200,
        "font": b"\0\x01\0\0\0\x0c" + b"\0" * 60,
        "web assembly": b"\0asm\x01\0\0\0",
        "sqlite": b"SQLite format 3\0" + b"\0" * 80,
        "pickle": b"\x80\x04\x95cposix\nsystem\n(S'id'\ntR.",
        "mail": b"From: a@b.c\r\nContent-Type: text/html\r\n\r\n" + SCRIPT,
        "spreadsheet of formulas": b"=cmd|'/c calc'!A1,1,2\n",
        "calendar": b"BEGIN:VCALENDAR\r\nATTACH:file:///etc/passwd\r\nEND:VCALENDAR",
        "nothing": b"",
        "one byte": b"\xff",
        "zeros": b"\0" * 5000,
        "only ends of lines": b"\r\n" * 2000,
        "eicar": b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    }  # fmt: skip
    for name, content in contents.items():
        yield Hostile(name, content, REFUSED)


NAMES = (
    "../../../etc/passwd", "..\\..\\windows\\system32\\cmd.exe", "/etc/cron.d/job", "C:\\autoexec.bat",
    "photo.jpg.exe", "photo.php.jpg", "photo.jpg\0.php", "photo.jpg%00.html", "photo\u202egpj.exe",
    "\u2066evil\u2069.svg", "photo.svg", "photo.html", "photo.shtml", ".htaccess", "web.config", "con.jpg", "nul",
    "aux.png", "-rf", "--help.jpg", "$(id).jpg", "`id`.jpg", "; rm -rf.jpg", "|id|.jpg",
    "<script>alert(1)</script>.jpg", "\"><img src=x>.jpg", "a\r\nContent-Type: text/html\r\n\r\n.jpg",
    "filename*=UTF-8''x.html", "x" * 600 + ".jpg", "ñ" * 300 + ".jpg", "\ud7ff\ufffe.jpg",
    "e\u0301\u0301\u0301\u0301.jpg", "\u200b\u200c\u200d.jpg", "foto \U0001f4a9.jpg", "   ", "...", ".jpg",
    "?*:|<>\".jpg", "%2e%2e%2fpasswd", "\uff0e\uff0e\uff0fpasswd", "~root.jpg", "file:///etc/passwd",
    "\\\\host\\share\\x.jpg", "data:text/html,x", "javascript:alert(1)", "{{7*7}}.jpg", "${jndi:ldap://x}.jpg",
    "%s%s%n.jpg", "=1+1.jpg", "@SUM(1).jpg",
)  # fmt: skip


def _lying_names() -> Iterator[Hostile]:
    """A good photo under names that mean something to somebody."""
    for number, name in enumerate(NAMES):
        yield Hostile(f"name {number}", a_photo((32, 24)), CLEANED, name)


def _polyglots() -> Iterator[Hostile]:
    """Two files in one: what is no picture of it must be gone."""
    jpeg, png = a_photo((60, 40)), a_photo((60, 40), format="PNG")
    tails = {
        "html": SCRIPT, "zip": _zip({"a.exe": MARK * 50}), "php": b"<?php HOSTILE-MARK ?>", "pdf": a_pdf() + MARK,
        "program": b"MZ" + MARK, "svg": b"<svg>" + SCRIPT + b"</svg>", "much": MARK * 20_000,
    }  # fmt: skip
    for kind, tail in tails.items():
        yield Hostile(f"jpeg and {kind}", jpeg + tail, CLEANED)
        yield Hostile(f"png and {kind}", png + tail, CLEANED, "paper.png")
    yield Hostile("pdf and zip", a_pdf() + _zip({"a.exe": MARK * 200}), REFUSED, "paper.pdf")
    yield Hostile("pdf and html", a_pdf() + SCRIPT * 60, REFUSED, "paper.pdf")
    yield Hostile("html and pdf", SCRIPT + a_pdf(), REFUSED, "paper.pdf")
    yield Hostile("gif and pdf", b"GIF89a" + a_pdf(), REFUSED, "paper.pdf")
    yield Hostile("zip and jpeg", _zip({"x": MARK}) + jpeg, REFUSED)
    for name, segment in {
        "comment": _segment(0xFE, SCRIPT),
        "application 13": _segment(0xED, b"Photoshop 3.0\0" + SCRIPT),
        "application 15": _segment(0xEF, SCRIPT * 100),
        "xmp": _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SCRIPT + b"</x:xmpmeta>"),
        "another jpeg": _segment(0xE2, jpeg + MARK),
    }.items():
        yield Hostile(f"jpeg with {name}", jpeg[:2] + segment + jpeg[2:], CLEANED)
    for kind in (b"tEXt", b"iTXt", b"eXIf", b"vpAg", b"zTXt", b"prVt"):
        yield Hostile(f"png with {kind.decode()}", _with_chunk(png, kind, b"x\0\0\0\0\0" + SCRIPT), EITHER, "paper.png")


def _images() -> Iterator[Hostile]:
    """Metadata, profiles, frames and colours that are not what they say."""
    yield Hostile("where it was taken", a_photo_with_metadata(), CLEANED)
    for turned in range(10):
        exif = Image.Exif()
        exif[0x0112] = turned
        exif[0x010E] = MARK.decode()
        yield Hostile(f"turned {turned}", a_photo((40, 20), exif=exif), CLEANED)
    png = a_photo((30, 30), format="PNG")
    yield Hostile("profile of junk", a_photo(icc_profile=MARK * 3000), CLEANED)
    yield Hostile(
        "profile that unpacks", _with_chunk(png, b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 40_000_000)), EITHER, "p.png"
    )
    yield Hostile(
        "text that unpacks", _with_chunk(png, b"zTXt", b"x\0\0" + zlib.compress(b"\0" * 40_000_000)), EITHER, "p.png"
    )
    yield Hostile(
        "profile cut off", _with_chunk(png, b"iCCP", b"x\0\0" + zlib.compress(MARK * 99)[:20]), EITHER, "p.png"
    )
    frames = [Image.new("RGBA", (40, 40), (n, 0, 0, 255)) for n in range(30)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=10)
    yield Hostile("png that moves", out.getvalue(), CLEANED, "paper.png")
    yield Hostile(
        "png of a million frames", _with_chunk(png, b"acTL", struct.pack(">II", 1_000_000, 0)), EITHER, "p.png"
    )
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (20, 20))])
    yield Hostile("jpeg of two pictures", out.getvalue(), CLEANED)
    for mode in ("L", "CMYK", "YCbCr"):
        yield Hostile(f"jpeg in {mode}", a_photo((9, 9), mode=mode, color=0), CLEANED)
    for mode in ("1", "L", "LA", "P", "I;16", "RGBA"):
        out = io.BytesIO()
        (Image.new("RGBA", (9, 9)).convert(mode) if mode != "I;16" else Image.new("I;16", (9, 9))).save(out, "PNG")
        yield Hostile(f"png in {mode}", out.getvalue(), CLEANED, "paper.png")
    yield Hostile("one pixel", a_photo((1, 1)), CLEANED)
    yield Hostile("one line", a_photo((20_000, 1)), CLEANED)
    yield Hostile("one column", a_photo((1, 20_000), format="PNG"), CLEANED, "paper.png")
    yield Hostile("palette too short", _damaged_palette(), EITHER, "paper.png")
    yield Hostile("interlaced", _claims(20, 20, interlace=1), EITHER, "paper.png")
    yield Hostile("texts by the thousand", _many_texts(), EITHER, "paper.png")


def _bombs() -> Iterator[Hostile]:
    """A few bytes that would fill the memory."""
    for width, height in (
        (50_000, 50_000), (2**31 - 1, 1), (1, 2**31 - 1), (100_000, 1000), (65_535, 65_535), (8000, 5001),
    ):  # fmt: skip
        yield Hostile(f"png of {width} by {height}", a_png_that_claims(width, height), REFUSED, "paper.png")
    for width, height in ((0, 0), (0, 10), (2**32 - 1, 2**32 - 1)):
        yield Hostile(f"png of {width} by {height}", _claims(width, height), REFUSED, "paper.png")
    for side in (65_535, 40_000, 20_000):
        yield Hostile(f"jpeg that says {side}", _jpeg_that_claims(side), REFUSED)
    flat = io.BytesIO()
    Image.new("L", (6300, 6300)).save(flat, "PNG")
    yield Hostile("largest flat png", flat.getvalue(), CLEANED, "paper.png")
    yield Hostile("largest flat jpeg", a_photo((6300, 6300), mode="L", color=0), CLEANED)
    yield Hostile("png of wide colours", _claims(6000, 6000, depth=16, colour=6), REFUSED, "paper.png")


def _cut_off() -> Iterator[Hostile]:
    jpeg, png, pdf = _noise("JPEG"), _noise("PNG"), a_pdf(3)
    for share in (3, 12, 40, 70):
        yield Hostile(f"jpeg of which {share}% came", jpeg[: len(jpeg) * share // 100], REFUSED)
        yield Hostile(f"png of which {share}% came", png[: len(png) * share // 100], REFUSED, "paper.png")
        yield Hostile(f"pdf of which {share}% came", pdf[: len(pdf) * share // 100], REFUSED, "paper.pdf")
    for beginning in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"%PDF-1.7\n%%EOF"):
        yield Hostile(f"only {beginning[:5]!r} {len(beginning)}", beginning, REFUSED)


def _garbled() -> Iterator[Hostile]:
    """Good files with bytes changed by chance: the same ones in every run."""
    chance = random.Random(20_261_127)
    for kind, whole in (("jpeg", _noise("JPEG")), ("png", _noise("PNG")), ("pdf", a_pdf(2))):
        for number in range(14):
            content = bytearray(whole)
            for _ in range(1 + number * 2):
                content[chance.randrange(8, len(content))] = chance.randrange(256)
            yield Hostile(f"garbled {kind} {number}", bytes(content), EITHER, f"paper.{kind}")


# ---- how they are made


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _segment(marker: int, content: bytes) -> bytes:
    content = content[:65_000]
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """Right behind the header."""
    return png[:33] + _chunk(kind, content) + png[33:]


def _claims(width: int, height: int, *, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _jpeg_that_claims(side: int) -> bytes:
    content = bytearray(a_photo((16, 16)))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    return bytes(content)


def _damaged_palette() -> bytes:
    out = io.BytesIO()
    Image.new("P", (20, 20), 200).save(out, "PNG")
    whole = out.getvalue()
    at = whole.index(b"PLTE")
    length = struct.unpack(">I", whole[at - 4 : at])[0]
    return whole[: at - 4] + _chunk(b"PLTE", b"\1\2\3") + whole[at + 8 + length :]


def _many_texts() -> bytes:
    texts = PngImagePlugin.PngInfo()
    for number in range(3000):
        texts.add_text(f"k{number}", MARK.decode())
    return a_photo((20, 20), format="PNG", pnginfo=texts)


def _noise(format: str) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (120, 90), random.Random(5).randbytes(120 * 90 * 3)).save(out, format)
    return out.getvalue()
