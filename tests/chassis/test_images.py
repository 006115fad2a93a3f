"""Uploads are what they are, not what they say; and clean when they are kept."""

import hashlib
import io
import zipfile

import pytest
from PIL import Image

from chassis.errors import ValidationFailed
from chassis.files import open_store
from chassis.images import JPEG, PDF, PNG, Documents, clean_name
from tests.chassis.uploads import a_pdf, a_photo, a_photo_with_metadata, a_png_that_claims, a_png_with_texts


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return open_store(f"file://{tmp_path_factory.mktemp('files')}")


@pytest.fixture(scope="module")
def documents(store):
    opened = Documents(store)
    yield opened
    opened.close()


@pytest.fixture
def take(store, documents, company):
    def take(content, filename="paper.jpg", **changes):
        staged = store.stage(io.BytesIO(content), 50_000_000)
        given = {
            "staged_key": staged.key,
            "filename": filename,
            "sha256": staged.sha256,
            "size": staged.size,
            **changes,
        }
        return documents.take(company, **given)

    return take


@pytest.fixture
def kept(store, take, company):
    """What is kept of an upload, as bytes."""

    def kept(content, **options):
        with store.open(take(content, **options).file_key, company_id=company) as stream:
            return stream.read()

    return kept


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hidden.exe", b"MZ" * 2000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "content_type", "filename"),
    [(a_photo(), JPEG, "paper.jpg"), (a_photo(format="PNG"), PNG, "paper.png"), (a_pdf(), PDF, "paper.pdf")],
)
def test_good_files_are_taken_by_their_content(take, content, content_type, filename):
    taken = take(content, filename="paper." + filename.rpartition(".")[2])
    assert (taken.content_type, taken.filename) == (content_type, filename)


def test_what_is_kept_is_what_is_told(take, store):
    taken = take(a_photo())
    with store.open(taken.file_key) as stream:
        content = stream.read()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (taken.size, taken.sha256)


def test_a_pdf_is_kept_byte_for_byte(kept):
    content = a_pdf(3)
    assert kept(content) == content


def test_a_wrong_extension_is_set_right(take):
    assert take(a_photo(format="PNG"), filename="../../etc/cron.d/photo.php").filename == "photo.png"


def test_metadata_goes_and_the_picture_stands_upright(kept):
    content = kept(a_photo_with_metadata())
    assert b"Exif" not in content and b"SECRET" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (100, 300) and not image.getexif() and "icc_profile" not in image.info


def test_texts_in_a_png_go(kept):
    assert b"SECRET" not in kept(a_png_with_texts())


def test_a_second_file_behind_the_picture_goes(kept):
    for picture in (a_photo(), a_photo(format="PNG")):
        content = kept(picture + a_zip())
        assert b"hidden.exe" not in content and not zipfile.is_zipfile(io.BytesIO(content))


def test_a_script_in_a_jpeg_comment_goes(kept):
    assert b"<?php" not in kept(a_photo(comment=b"<?php system($_GET['c']); ?>"))


def test_a_large_photo_is_made_smaller(kept):
    with Image.open(io.BytesIO(kept(a_photo((5000, 4000))))) as image:
        assert image.size == (2400, 1920)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_photos_of_every_kind_are_taken(take, mode):
    content = io.BytesIO()
    Image.new("RGB", (20, 20), (9, 9, 9)).convert(mode).save(content, "JPEG" if mode in ("CMYK", "YCbCr") else "PNG")
    assert take(content.getvalue()).size


def test_what_was_transparent_stays_so(kept):
    with Image.open(io.BytesIO(kept(a_photo(format="PNG", mode="RGBA", color=(1, 2, 3, 0))))) as image:
        assert image.mode == "RGBA" and image.getpixel((0, 0))[3] == 0


def test_a_pdf_that_opens_at_a_page_is_taken(take):
    assert take(a_pdf(opening="/GoTo")).content_type == PDF


GIF = b"GIF89a" + b"\0" * 30
REFUSED = {
    "html": (b"<html><script>alert(1)</script>", "file-type-not-allowed"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "file-type-not-allowed"),
    "gif": (GIF, "file-type-not-allowed"),
    "zip": (a_zip(), "file-type-not-allowed"),
    "empty": (b"", "file-type-not-allowed"),
    "program": (b"\x7fELF" + b"\0" * 100, "file-type-not-allowed"),
    "webp": (a_photo(format="WEBP"), "file-type-not-allowed"),
    "pdf in the middle": (b"GIF89a" + a_pdf(), "file-type-not-allowed"),
    "truncated jpeg": (a_photo((900, 900))[:2000], "file-damaged"),
    "truncated png": (a_photo(format="PNG")[:200], "file-damaged"),
    "only a beginning": (b"\xff\xd8\xff", "file-damaged"),
    "png bomb": (a_png_that_claims(50_000, 50_000), "image-too-large"),
    "wide png": (a_png_that_claims(2**31 - 1, 1), "image-too-large"),
    "just too many pixels": (a_png_that_claims(8000, 5001), "image-too-large"),
    "png that ends early": (a_png_that_claims(5000, 5000), "file-damaged"),
    "no pdf": (b"%PDF-1.7 nothing", "file-damaged"),
    "pdf without pages": (a_pdf(0), "file-damaged"),
    "cut pdf": (a_pdf(3)[:-400] + b"%%EOF", "file-damaged"),
    "encrypted pdf": (a_pdf(password="x"), "file-encrypted"),
    "long pdf": (a_pdf(201), "file-too-many-pages"),
    "pdf with a script": (a_pdf(script="app.alert(1)"), "file-not-safe"),
    "pdf that starts a program": (a_pdf(opening="/Launch"), "file-not-safe"),
    "pdf with a file in it": (a_pdf(attachment=b"MZ"), "file-not-safe"),
    "pdf with a zip behind it": (a_pdf() + a_zip() * 2, "file-not-safe"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_files_are_refused_by_name(take, content, code):
    with pytest.raises(ValidationFailed) as refused:
        take(content, filename="my paper.jpg")
    assert (refused.value.code, refused.value.params["filename"]) == (code, "my paper.jpg")


def test_a_file_that_changed_on_the_way_is_refused(take):
    for content, changes in ((a_pdf(), {"sha256": "0" * 64}), (a_photo(), {"size": 5})):
        with pytest.raises(ValidationFailed, match="file-damaged"):
            take(content, **changes)


@pytest.mark.parametrize("key", ["staged/" + "0" * 32, "../../etc/passwd"])
def test_a_file_that_is_not_there_is_refused(documents, company, key):
    with pytest.raises(ValidationFailed, match="file-missing"):
        documents.take(company, staged_key=key, filename="x.pdf", sha256="0" * 64)


def test_only_what_the_caller_allows_is_taken(store, company):
    signatures = Documents(store, allowed=[PNG])
    staged = store.stage(io.BytesIO(a_pdf()), 100_000)
    with pytest.raises(ValidationFailed, match="file-type-not-allowed"):
        signatures.take(company, staged_key=staged.key, filename="s.png", sha256=staged.sha256)
    signatures.close()


def test_taking_twice_gives_the_same(store, documents, company):
    for content in (a_photo(), a_pdf()):
        staged = store.stage(io.BytesIO(content), 1_000_000)
        given = {"staged_key": staged.key, "filename": "a", "sha256": staged.sha256}
        assert documents.take(company, **given) == documents.take(company, **given)


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("C:\\Users\\ana\\foto.jpg", "foto.jpg"),
        ("../../../etc/passwd", "passwd"),
        ("a\0b\n.pdf", "ab.pdf"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ('a<b>"c".png', "a_b_c_.png"),
        ("comprobante año 2026 ñ.pdf", "comprobante año 2026 ñ.pdf"),
    ],
)
def test_names_are_made_safe(given, cleaned):
    assert clean_name(given) == cleaned
