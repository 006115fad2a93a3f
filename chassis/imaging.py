"""What an uploaded file really is, and a clean copy of it. Runs in a worker process: see `chassis.images`.

The content decides, never the name or what the browser says. Images are decoded and encoded anew, so
that nothing but pixels is left of them: no place where the photo was taken, no second file behind the
picture. A PDF is kept byte for byte, because a signature in it would not survive anything else; it is
refused when it is encrypted, damaged, very long, or would do something when opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chassis.errors import ValidationFailed

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_BEGINNINGS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_FORMATS = {PNG: "PNG", JPEG: "JPEG"}
MEGAPIXELS = 40
LONGEST_SIDE = 2400  # pixels: an A4 page at about 200 dots per inch
QUALITY = 85
PAGES = 200
TRAILING_BYTES = 1024  # after a PDF's end; more is another file that hides there


def inspect(payload: dict[str, Any]) -> dict[str, Any]:
    """`path` of the file, `target` of the clean copy, `allowed` content types.

    Returns `content_type` and `rewritten`: whether the clean copy is at `target`, or the file is good
    as it is. Raises `ValidationFailed` with a code of the kind `file-…` or `image-too-large`.
    """
    path = Path(payload["path"])
    content_type = _type_of(path)
    if content_type not in payload["allowed"]:
        raise ValidationFailed("file-type-not-allowed")
    if content_type == PDF:
        _check_pdf(path)
        return {"content_type": PDF, "rewritten": False}
    _clean_image(path, Path(payload["target"]), content_type)
    return {"content_type": content_type, "rewritten": True}


def _type_of(path: Path) -> str | None:
    with path.open("rb") as file:
        beginning = file.read(16)
    return next((kind for magic, kind in _BEGINNINGS if beginning.startswith(magic)), None)


# ---- images


def _clean_image(path: Path, target: Path, content_type: str) -> None:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 1_000_000
    try:
        with Image.open(path, formats=[_FORMATS[content_type]]) as image:
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:
                raise ValidationFailed("image-too-large", max_megapixels=MEGAPIXELS)
            clean = _pixels(image)
    except Image.DecompressionBombError as error:
        raise ValidationFailed("image-too-large", max_megapixels=MEGAPIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        # What Pillow raises for broken files, by its own documentation and its decoders' sources.
        raise ValidationFailed("file-damaged") from error
    if content_type == JPEG:
        clean.convert("RGB").save(target, "JPEG", quality=QUALITY, optimize=True)
    else:
        clean.save(target, "PNG", optimize=True)


def _pixels(image: Any) -> Any:
    """The first frame, upright, at most `LONGEST_SIDE` long, with nothing attached."""
    from PIL import Image, ImageOps

    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded smaller where that is enough
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("L", "LA", "RGB", "RGBA"):
        transparent = "transparency" in upright.info or upright.mode in ("PA", "RGBa")
        upright = upright.convert("RGBA" if transparent else "RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright.info = {}
    return upright


# ---- PDF


def _check_pdf(path: Path) -> None:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    _refuse_what_follows(path)
    try:
        with path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted:
                raise ValidationFailed("file-encrypted")
            count = len(reader.pages)
            _refuse_actions(reader)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        # pypdf raises these too for objects that are not what they should be.
        raise ValidationFailed("file-damaged") from error
    if count == 0:
        raise ValidationFailed("file-damaged")
    if count > PAGES:
        raise ValidationFailed("file-too-many-pages", max_pages=PAGES)


def _refuse_what_follows(path: Path) -> None:
    content = path.read_bytes()
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise ValidationFailed("file-damaged")
    if len(content) - end > TRAILING_BYTES:
        raise ValidationFailed("file-not-safe")


def _refuse_actions(reader: Any) -> None:
    """Scripts, programs to start, and files within the file (PDF 32000-1:2008, 7.7.2, 7.11.4 and 12.6)."""
    catalog = reader.trailer["/Root"].get_object()
    names = catalog.get("/Names", {}).get_object() if "/Names" in catalog else {}
    if "/AA" in catalog or {"/JavaScript", "/EmbeddedFiles"} & set(names):
        raise ValidationFailed("file-not-safe")
    opening = catalog.get("/OpenAction")
    action = opening.get_object() if opening is not None else None
    if isinstance(action, dict) and action.get("/S") in (
        "/JavaScript",
        "/Launch",
        "/URI",
        "/SubmitForm",
        "/ImportData",
    ):
        raise ValidationFailed("file-not-safe")
