"""Files in a folder of this machine, shared by the gateway and the services."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from chassis.files import keys
from chassis.files.store import FileChanged, FileMissing, FileStore, Measured, Staged, hash_of

DIRECTORY_MODE, FILE_MODE = 0o750, 0o640


class FolderStore(FileStore):
    """A file is written beside its place, synced, and then renamed: what has a key is whole, also after a power cut."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root)

    def stage(self, stream: BinaryIO, max_bytes: int) -> Staged:
        key = keys.new_staged_key()
        measured = Measured(stream, max_bytes)
        path = self._path(key)
        beside = path.with_suffix(".part")
        _make_directory(path.parent)
        try:
            with open(beside, "xb", opener=_opener) as file:
                file.writelines(measured)
                _sync(file)
            _rename(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        return Staged(key, measured.size, measured.sha256)

    def adopt(self, staged_key: str, company_id: UUID, sha256: str) -> str:
        staged = self._path(keys.check_staged(staged_key))
        key = keys.object_key(company_id, sha256)
        target = self._path(key)
        if target.exists():
            staged.unlink(missing_ok=True)
            return key
        with self._reading(staged, staged_key) as file:
            if hash_of(file) != sha256:
                raise FileChanged(staged_key)
        _make_directory(target.parent)
        try:
            _rename(staged, target)
        except FileNotFoundError:
            if not target.exists():  # another process adopted it just now
                raise FileMissing(staged_key) from None
        return key

    def open(self, key: str, *, company_id: UUID | None = None) -> BinaryIO:
        return self._reading(self._path(keys.check(key, company_id)), key)

    @contextmanager
    def local(self, key: str, *, company_id: UUID | None = None) -> Iterator[Path]:
        path = self._path(keys.check(key, company_id))
        if not path.is_file():
            raise FileMissing(key)
        yield path

    def delete_staged(self, key: str) -> None:
        self._path(keys.check_staged(key)).unlink(missing_ok=True)

    def forget_staged_before(self, moment: datetime) -> int:
        count = 0
        for path in (self._root / "staged").glob("*"):
            with contextlib.suppress(FileNotFoundError):  # adopted meanwhile
                if path.stat().st_mtime < moment.timestamp():
                    path.unlink()
                    count += 1
        return count

    def size(self, key: str) -> int:
        try:
            return self._path(keys.check(key)).stat().st_size
        except FileNotFoundError:
            raise FileMissing(key) from None

    def _path(self, key: str) -> Path:
        return self._root / key

    def _reading(self, path: Path, key: str) -> BinaryIO:
        try:
            return path.open("rb")
        except FileNotFoundError:
            raise FileMissing(key) from None


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _rename(source: Path, target: Path) -> None:
    """The name is only there for good when the directory is synced too."""
    source.replace(target)
    _sync_directory(target.parent)


def _make_directory(path: Path) -> None:
    """With those above it, each one's name synced."""
    if path.is_dir():
        return
    _make_directory(path.parent)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=DIRECTORY_MODE)
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
