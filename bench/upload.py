"""Photos from staging to kept, checked, decoded, made smaller, encoded and stored, over Pillow doing decode and encode.

Raw Pillow opens each file, decodes it and encodes it again in the same format with its usual options, in a process of
its own that is warm, as ours is. Both go through the same photos one after the other; MB are those of what came.
"""

from __future__ import annotations

import hashlib
import io
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image

from bench.figures import Figure, Lost, alternately, spread
from chassis.files import FileStore, Staged, open_store
from chassis.images import Documents
from chassis.workers import WorkerPool

ROUNDS = 5
# As phones take them, as browsers make them smaller before they travel, and as scanners and screens have them.
PHOTOS = ((4000, 3000, "JPEG"), (3000, 4000, "JPEG"), (2200, 1650, "JPEG"), (2200, 1650, "JPEG"), (1200, 1600, "PNG"))


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="alta-bench-") as room:
        store = open_store(f"file://{room}/files")
        photos = [_photo(number, *kind) for number, kind in enumerate(PHOTOS)]
        paths = _written(Path(room), photos)
        documents = Documents(store)
        raw = WorkerPool("bench.upload:decode_and_encode", timeout=60, memory_mb=768)
        staged = [store.stage(io.BytesIO(photo), len(photo)) for photo in photos]
        megabytes = sum(map(len, photos)) / 1e6
        _ours(store, documents, staged), _raw(raw, paths)  # both are warm
        limits, values = alternately(
            ROUNDS,
            lambda: megabytes / _raw(raw, paths),
            lambda: megabytes / _ours(store, documents, staged),
        )
        documents.close()
        raw.close()
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return [
        Figure(
            name="upload",
            value=statistics.median(values),
            limit=statistics.median(limits),
            ratio=statistics.median(ratios),
            unit="MB/s",
            at_least=0.8,
            detail={"ratio_spread": spread(ratios), "photos_mb": [round(len(photo) / 1e6, 2) for photo in photos]},
        )
    ]


def decode_and_encode(payload: dict[str, Any]) -> dict[str, Any]:
    """Pillow and nothing else; runs in a worker process."""
    with Image.open(payload["path"]) as image:
        image.load()
        image.save(payload["target"], image.format)
    return {}


def _ours(store: FileStore, documents: Documents, staged: list[Staged]) -> float:
    started, company = time.perf_counter(), uuid4()
    for each in staged:
        taken = documents.take(company, staged_key=each.key, filename="photo.jpg", sha256=each.sha256)
        with store.open(taken.file_key, company_id=company) as kept:
            if hashlib.sha256(kept.read()).hexdigest() != taken.sha256:
                raise Lost("what is kept is not what was told")
    return time.perf_counter() - started


def _raw(raw: WorkerPool, paths: list[Path]) -> float:
    started = time.perf_counter()
    for path in paths:
        raw.run({"path": str(path), "target": str(path) + ".again"})
    return time.perf_counter() - started


def _written(room: Path, photos: list[bytes]) -> list[Path]:
    paths = [room / f"{number}.photo" for number in range(len(photos))]
    for path, photo in zip(paths, photos, strict=True):
        path.write_bytes(photo)
    return paths


def _photo(number: int, width: int, height: int, kind: str) -> bytes:
    """Soft shapes with the noise of a sensor: it compresses about as a photo does."""
    chance = random.Random(number)
    coarse = Image.frombytes("RGB", (width // 40, height // 40), chance.randbytes((width // 40) * (height // 40) * 3))
    noise = Image.frombytes("L", (width // 2, height // 2), chance.randbytes((width // 2) * (height // 2)))
    soft = coarse.resize((width, height), Image.Resampling.BICUBIC)
    whole = Image.blend(soft, noise.resize((width, height)).convert("RGB"), 0.06)
    out = io.BytesIO()
    whole.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()
