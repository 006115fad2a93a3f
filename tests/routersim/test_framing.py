from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routersim.framing import Decoder, Unreadable, encode_length, encode_sentence


@pytest.mark.parametrize(
    ("length", "encoded"),
    [
        (0, "00"), (0x7F, "7f"), (0x80, "8080"), (0x100, "8100"), (0x3FFF, "bfff"), (0x4000, "c04000"),
        (0x1FFFFF, "dfffff"), (0x200000, "e0200000"), (0xFFFFFFF, "efffffff"), (0x10000000, "f010000000"),
    ],
)  # fmt: skip
def test_lengths_are_written_as_the_manual_says(length: int, encoded: str) -> None:
    assert encode_length(length).hex() == encoded


words = st.text(min_size=1, max_size=400).filter(lambda text: not any(0xD800 <= ord(c) <= 0xDFFF for c in text))
sentences = st.lists(st.lists(words, min_size=1, max_size=4), max_size=5)


@given(sentences, st.integers(1, 50))
def test_any_sentences_survive_in_pieces_of_any_size(said: list[list[str]], piece: int) -> None:
    stream = b"".join(map(encode_sentence, said))
    decoder = Decoder()
    heard = [s for start in range(0, len(stream), piece) for s in decoder.feed(stream[start : start + piece])]
    assert heard == said


def test_bytes_that_are_not_utf8_come_back_as_they_were() -> None:
    raw = b"\x06=n=Pe\xf1\x00"
    (sentence,) = Decoder().feed(raw)
    assert encode_sentence(sentence) == raw


@pytest.mark.parametrize("length", ["05", "8005", "c00005", "e0000005", "f000000005"])
def test_a_length_may_take_more_bytes_than_it_needs(length: str) -> None:
    assert Decoder().feed(bytes.fromhex(length) + b"/quit\x00") == [["/quit"]]


def test_empty_sentences_are_ignored() -> None:
    assert Decoder().feed(b"\x00\x00" + encode_sentence(["/quit"])) == [["/quit"]]


@pytest.mark.parametrize("garbage", [b"\xf8", b"\xff\x01", b"\xef\xff\xff\xff"])
def test_what_cannot_be_a_word_is_unreadable(garbage: bytes) -> None:
    with pytest.raises(Unreadable):
        Decoder().feed(garbage)
