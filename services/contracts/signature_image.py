"""The image of a signature: a small PNG, taken apart and put together again with nothing but the picture.

Source: PNG (Third Edition), W3C Recommendation, "Datastream structure" and "Image header".
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator

from services.contracts.errors import BadSignature

PREFIX = "data:image/png;base64,"
MAX_BYTES = 512 * 1024
MAX_WIDTH, MAX_HEIGHT = 2400, 1600

_MAGIC = b"\x89PNG\r\n\x1a\n"
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_FILTERS = 5
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def read_signature(data_url: str) -> bytes:
    """The PNG of a data URL, without metadata. Raises `BadSignature`, saying what is wrong."""
    png = _decoded(data_url)
    chunks = [(kind, body) for kind, body in _chunks(png) if kind in _KEPT]
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise BadSignature("signature-damaged")
    _check_picture(chunks[0][1], b"".join(body for kind, body in chunks if kind == b"IDAT"))
    return _MAGIC + b"".join(_written(kind, body) for kind, body in chunks)


def _decoded(data_url: str) -> bytes:
    if not data_url.startswith(PREFIX):
        raise BadSignature("signature-not-png")
    try:
        png = base64.b64decode(data_url[len(PREFIX) :], validate=True)
    except binascii.Error as error:
        raise BadSignature("signature-damaged") from error
    if len(png) > MAX_BYTES:
        raise BadSignature("signature-too-large", max_bytes=MAX_BYTES)
    if not png.startswith(_MAGIC):
        raise BadSignature("signature-not-png")
    return png


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_MAGIC)
    while at < len(png):
        if at + 12 > len(png):
            raise BadSignature("signature-damaged")
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        end = at + 12 + length
        if end > len(png) or png[end - 4 : end] != struct.pack(">I", zlib.crc32(kind + body)):
            raise BadSignature("signature-damaged")
        yield kind, body
        at = end


def _check_picture(header: bytes, packed: bytes) -> None:
    """The picture must unpack to exactly what its header says, and something must be drawn on it."""
    if len(header) != 13:
        raise BadSignature("signature-damaged")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if not (0 < width <= MAX_WIDTH and 0 < height <= MAX_HEIGHT):
        raise BadSignature("signature-too-large", max_width=MAX_WIDTH, max_height=MAX_HEIGHT)
    if colour not in _CHANNELS or depth != 8 or interlaced:
        raise BadSignature("signature-not-png")
    line = 1 + width * _CHANNELS[colour]
    pixels = _unpacked(packed, line * height)
    if _is_blank(pixels, line):
        raise BadSignature("signature-blank")


def _unpacked(packed: bytes, size: int) -> bytes:
    """Never more than `size` bytes, whatever the stream would unfold to."""
    stream = zlib.decompressobj()
    try:
        pixels = stream.decompress(packed, size)
        surplus = stream.decompress(stream.unconsumed_tail, 1)
    except zlib.error as error:
        raise BadSignature("signature-damaged") from error
    if len(pixels) != size or surplus:
        raise BadSignature("signature-damaged")
    return pixels


def _is_blank(pixels: bytes, line: int) -> bool:
    """An empty picture has as many different rows as PNG has filters, and its first; a drawing has many more."""
    return len({pixels[at : at + line] for at in range(0, len(pixels), line)}) <= _FILTERS + 1


def _written(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
