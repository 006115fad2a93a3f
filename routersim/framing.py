"""Words and sentences on the wire.

Source: MikroTik manual, "API", section "API words": a word is its length in one to five bytes,
big endian, then its bytes; a sentence ends with a word of length zero.
"""

from __future__ import annotations

LONGEST_WORD = 1 << 20
"""Bytes; a router's own limit is not documented, this one keeps a hostile client from filling memory."""

# Text is whatever bytes the client sent: utf-8 where it is utf-8, and the same bytes back where it is not.
ENCODING = "utf-8"
ODD_BYTES = "surrogateescape"


class Unreadable(Exception):
    """The peer sent bytes that cannot be a sentence; nothing after them can be understood."""


def encode_length(length: int) -> bytes:
    if length < 0x80:
        return length.to_bytes(1, "big")
    if length < 0x4000:
        return (length | 0x8000).to_bytes(2, "big")
    if length < 0x200000:
        return (length | 0xC00000).to_bytes(3, "big")
    if length < 0x10000000:
        return (length | 0xE0000000).to_bytes(4, "big")
    return b"\xf0" + length.to_bytes(4, "big")


def encode_word(word: str) -> bytes:
    raw = word.encode(ENCODING, ODD_BYTES)
    return encode_length(len(raw)) + raw


def encode_sentence(words: list[str]) -> bytes:
    return b"".join(map(encode_word, words)) + b"\x00"


def _length_bytes(first: int) -> int:
    """How many bytes the length takes whose first byte is given."""
    for size, below in ((1, 0x80), (2, 0xC0), (3, 0xE0), (4, 0xF0), (5, 0xF8)):
        if first < below:
            return size
    raise Unreadable(f"reserved control byte {first:#04x}")


_LENGTH_BITS = {1: 0x7F, 2: 0x3FFF, 3: 0x1FFFFF, 4: 0x0FFFFFFF, 5: 0xFFFFFFFF}


class Decoder:
    """Makes sentences of a stream that arrives in pieces of any size."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._words: list[str] = []

    def feed(self, data: bytes) -> list[list[str]]:
        """The sentences that `data` completes. Raises `Unreadable`."""
        self._buffer += data
        sentences = []
        position = 0
        while (found := self._word_at(position)) is not None:
            word, position = found
            if word:
                self._words.append(word)
            elif self._words:
                sentences.append(self._words)
                self._words = []
        del self._buffer[:position]
        return sentences

    def _word_at(self, start: int) -> tuple[str, int] | None:
        """The word that begins at `start` and where it ends; None while it is incomplete."""
        if start >= len(self._buffer):
            return None
        size = _length_bytes(self._buffer[start])
        body = start + size
        if body > len(self._buffer):
            return None
        length = int.from_bytes(self._buffer[start:body], "big") & _LENGTH_BITS[size]
        if length > LONGEST_WORD:
            raise Unreadable(f"a word of {length} bytes")
        end = body + length
        if end > len(self._buffer):
            return None
        return self._buffer[body:end].decode(ENCODING, ODD_BYTES), end
