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
from chassis.pdfs import check_pdf

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_BEGINNINGS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_FORMATS = {PNG: "PNG", JPEG: "JPEG"}
MEGAPIXELS = 40
LONGEST_SIDE = 2400  # pixels: an A4 page at about 200 dots per inch
QUALITY = 85
QUALITY_TURNED = 92  # it was encoded once already
PNG_EFFORT = 4  # of 9: a third of the time of 6, for a few percent of size


def inspect(payload: dict[str, Any]) -> dict[str, Any]:
    """`path` of the file, `target` of the clean copy, `allowed` content types, `longest_side` of an image in pixels,
    `quarters` of a turn to the right that an image gets.

    Returns `content_type` and `rewritten`: whether the clean copy is at `target`, or the file is good
    as it is. Raises `ValidationFailed` with a code of the kind `file-…` or `image-too-large`.
    """
    path = Path(payload["path"])
    content_type = _type_of(path)
    if content_type not in payload["allowed"]:
        raise ValidationFailed("file-type-not-allowed")
    if content_type == PDF:
        check_pdf(path)
        return {"content_type": PDF, "rewritten": False}
    longest_side, quarters = payload.get("longest_side", LONGEST_SIDE), payload.get("quarters", 0)
    _clean_image(path, Path(payload["target"]), content_type, longest_side, quarters)
    return {"content_type": content_type, "rewritten": True}


def _type_of(path: Path) -> str | None:
    with path.open("rb") as file:
        beginning = file.read(16)
    return next((kind for magic, kind in _BEGINNINGS if beginning.startswith(magic)), None)


def _clean_image(path: Path, target: Path, content_type: str, longest_side: int, quarters: int) -> None:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 1_000_000
    try:
        with Image.open(path, formats=[_FORMATS[content_type]]) as image:
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:
                raise ValidationFailed("image-too-large", max_megapixels=MEGAPIXELS)
            clean = _turned(_pixels(image, longest_side), quarters)
    except Image.DecompressionBombError as error:
        raise ValidationFailed("image-too-large", max_megapixels=MEGAPIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        # What Pillow raises for broken files, by its own documentation and its decoders' sources.
        raise ValidationFailed("file-damaged") from error
    if content_type == JPEG:
        clean = clean if clean.mode == "RGB" else clean.convert("RGB")
        clean.save(target, "JPEG", quality=QUALITY_TURNED if quarters else QUALITY)
    else:
        clean.save(target, "PNG", compress_level=PNG_EFFORT)


def _pixels(image: Any, longest_side: int) -> Any:
    """The first frame, upright, at most `longest_side` long, with nothing attached."""
    from PIL import Image, ImageOps

    image.draft(None, (longest_side, longest_side))  # a JPEG is decoded smaller where that is enough
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        transparent = "transparency" in image.info or image.mode in ("PA", "RGBa")
        image = image.convert("RGBA" if transparent else "RGB")
    # A third cheaper than Lanczos, and as sharp on printed and written text made smaller.
    image.thumbnail((longest_side, longest_side), Image.Resampling.HAMMING, reducing_gap=2.0)
    image.info = {}
    return image


def _turned(image: Any, quarters: int) -> Any:
    """To the right. Pillow names its turns by degrees to the left."""
    from PIL import Image

    left = (None, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90)[quarters % 4]
    return image if left is None else image.transpose(left)
