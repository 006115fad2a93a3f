"""The demo's visitor sends what a browser would send."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib

import pytest

from alta.demo import papers
from alta.demo.other_system import documented_subscriber
from alta.demo.pages import find_form, forms, links, text_of
from alta.demo.visitor import solve

PAGE = """
<title>x</title><h1>Alta &amp; co</h1><script>var hidden = "<form>"</script>
<form action="/search"><input name="q"></form>
<form id="f" method="POST" action="/save" enctype="multipart/form-data">
  <input type="hidden" name="csrf" value="a&quot;b"><input name="name" value="Ana"><input type="file" name="photo">
  <input type="checkbox" name="yes" checked><input type="checkbox" name="no">
  <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
  <input name="off" value="x" disabled><input type="submit" name="go" value="Go">
  <textarea name="text">
two
lines</textarea>
  <select name="plan"><option value="">choose<option value="p1" selected>Plan 10 M</option>
    <option value="p2">Plan 20 M</select>
  <select name="first"><option value="a">A</option><option value="b">B</option></select>
</form><a href="/next">next</a>
"""


def test_form_holds_what_a_browser_would_send() -> None:
    form = find_form(PAGE, lambda form: form.id == "f")
    assert (form.action, form.method, form.multipart) == ("/save", "post", True)
    assert form.fields == [
        ("csrf", 'a"b'),
        ("name", "Ana"),
        ("yes", "on"),
        ("r", "2"),
        ("text", "two\nlines"),
        ("plan", "p1"),
        ("first", "a"),
    ]
    assert {"photo", "no"} <= form.names and "off" not in form.names


def test_options_are_found_by_what_they_say() -> None:
    form = forms(PAGE)[1]
    assert form.choice("plan", "20 m") == "p2"
    with pytest.raises(LookupError, match="Plan 10 M"):
        form.choice("plan", "50 M")


def test_missing_form_tells_what_the_page_has() -> None:
    with pytest.raises(LookupError, match=r"(?s)post /save .*Alta & co"):
        find_form(PAGE.replace("\n", " "), lambda form: form.id == "g")


def test_text_and_links() -> None:
    assert text_of(PAGE).startswith("Alta & co") and "hidden" not in text_of(PAGE)
    assert links(PAGE) == ["/next"]


def test_proof_of_work_is_solved() -> None:
    challenge = {
        "algorithm": "SHA-256",
        "challenge": hashlib.sha256(b"salt4321").hexdigest(),
        "salt": "salt",
        "signature": "s",
        "maxnumber": 5000,
    }
    assert json.loads(base64.b64decode(solve(challenge)))["number"] == 4321


def test_pictures_are_valid_and_differ() -> None:
    one, other = papers.photograph(1), papers.photograph(2)
    assert one != other
    width, height = struct.unpack(">II", one[16:24])
    start = one.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", one[start - 8 : start - 4])
    assert len(zlib.decompress(one[start : start + length])) == height * (width + 1)
    assert papers.signature("Ana").startswith("data:image/png;base64,iVBOR")


def test_the_documented_subscriber_is_about_ten_lines() -> None:
    program = documented_subscriber()
    compile(program, "docs/integrating.md", "exec")
    assert len([line for line in program.splitlines() if line.strip()]) <= 10
