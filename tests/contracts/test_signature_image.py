"""The image of a signature is untrusted input: a PNG of a sensible size with something on it, or refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from services.contracts.errors import BadSignature
from services.contracts.signature_image import MAX_BYTES, read_signature
from tests.contracts.builders import a_drawing, data_url, nothing_drawn


def refusal(text: str) -> str:
    with pytest.raises(BadSignature) as refused:
        read_signature(text)
    return refused.value.fields["signature_png"][0]["code"]


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "LA", "P"])
def test_a_drawing_is_taken_and_looks_the_same(mode):
    drawing = _converted(mode)
    kept = Image.open(io.BytesIO(read_signature(data_url(drawing))))
    assert kept.tobytes() == Image.open(io.BytesIO(drawing)).tobytes()


def _converted(mode: str) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(a_drawing())).convert(mode).save(file, "PNG")
    return file.getvalue()


def test_what_is_not_picture_is_left_out():
    info = PngInfo()
    info.add_text("Location", "19.0,-99.1")
    drawing = a_drawing(pnginfo=info)
    assert b"Location" in drawing
    kept = read_signature(data_url(drawing))
    assert b"Location" not in kept
    Image.open(io.BytesIO(kept)).verify()


@pytest.mark.parametrize(
    "blank", [nothing_drawn(), nothing_drawn("RGB"), nothing_drawn("RGB", "white"), nothing_drawn("L", 255)]
)
def test_nothing_drawn_is_no_signature(blank):
    assert refusal(data_url(blank)) == "signature-blank"


@pytest.mark.parametrize(
    "text", ["", "hola", "data:image/jpeg;base64,AAAA", data_url(b"GIF89a"), data_url(b"<svg onload=alert(1)>")]
)
def test_another_kind_of_file_is_refused(text):
    assert refusal(text) == "signature-not-png"


def test_a_large_file_and_a_large_picture_are_refused():
    assert refusal(data_url(b"\0" * (MAX_BYTES + 1))) == "signature-too-large"
    assert refusal(data_url(a_drawing("L", (2401, 10)))) == "signature-too-large"


def test_damage_is_noticed():
    drawing = a_drawing()
    assert refusal("data:image/png;base64,****") == "signature-damaged"
    for broken in (drawing[:-13], drawing[:60], drawing[:-20] + b"x" + drawing[-19:], drawing + b"surplus"):
        assert refusal(data_url(broken)) == "signature-damaged"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_png(width: int, height: int, packed: bytes, *, depth: int = 8, colour: int = 0, interlaced: int = 0) -> str:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    parts = [_chunk(b"IHDR", header), _chunk(b"IDAT", packed), _chunk(b"IEND", b"")]
    return data_url(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def test_a_picture_that_unfolds_to_more_than_it_says_is_not_unfolded():
    bomb = zlib.compress(b"\1" * 50_000_000, 9)
    assert refusal(a_png(10, 10, bomb)) == "signature-damaged"
    assert refusal(a_png(10, 10, zlib.compress(b"\0\1"))) == "signature-damaged"
    assert refusal(a_png(10, 10, b"not packed")) == "signature-damaged"


@pytest.mark.parametrize("odd", [{"depth": 16}, {"colour": 5}, {"interlaced": 1}, {"depth": 1}])
def test_kinds_of_png_that_no_signature_pad_makes_are_refused(odd):
    assert refusal(a_png(10, 10, zlib.compress(b"\1" * 110), **odd)) == "signature-not-png"
