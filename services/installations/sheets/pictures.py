"""Pictures on sheets, for worker processes: a logo small enough to be part of each, and found again for the PDF."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from chassis.imaging import JPEG, PNG

SIDES = (480, 240)  # pixels: 40 mm wide at 300 dots per inch
LARGEST_PNG = 40_000  # bytes; what is larger is a photograph, and a JPEG of these sides has at most about 60,000
_SOURCE = re.compile(r'src="(data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+))"')


def shrink(given: dict[str, Any]) -> dict[str, Any]:
    """Writes the picture at `path`, on white, to `target`. Returns its `content_type`."""
    from PIL import Image

    with Image.open(given["path"], formats=["PNG", "JPEG"]) as opened:
        picture = opened.convert("RGBA")
    picture.thumbnail(SIDES, Image.Resampling.LANCZOS)
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    target = Path(given["target"])
    paper.save(target, "PNG", optimize=True)
    if target.stat().st_size <= LARGEST_PNG:
        return {"content_type": PNG}
    paper.save(target, "JPEG", quality=85, optimize=True)
    return {"content_type": JPEG}


def pictures_on(page: str) -> dict[str, bytes]:
    """What a page that we filled in shows, by address: staff's own text was cleaned of every picture."""
    return {found[1]: base64.b64decode(found[2]) for found in _SOURCE.finditer(page)}
