"""What every store of files does."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from chassis.errors import Permanent, ValidationFailed

CHUNK = 256 * 1024


class FileTooLarge(ValidationFailed):
    """More than the limit arrived; `max_bytes` says how much is taken."""

    code = "file-too-large"


class FileMissing(Permanent):
    """No file of that key: never staged, or forgotten because nobody adopted it in time."""

    def __init__(self, key: str) -> None:
        super().__init__("file-missing", key=key)


class FileChanged(Permanent):
    """The content is not what its hash says."""

    def __init__(self, key: str) -> None:
        super().__init__("file-changed", key=key)


@dataclasses.dataclass(frozen=True, slots=True)
class Staged:
    """`size` in bytes; `sha256` in hexadecimal."""

    key: str
    size: int
    sha256: str


class FileStore(ABC):
    """Keys are checked before anything is touched: `BadKey`. Nothing of a file is ever held whole in memory."""

    @abstractmethod
    def stage(self, stream: BinaryIO, max_bytes: int) -> Staged:
        """Takes what arrives. Raises `FileTooLarge` as soon as it is, and keeps nothing then."""

    @abstractmethod
    def adopt(self, staged_key: str, company_id: UUID, sha256: str) -> str:
        """Keeps a staged file for a company and returns its key. Doing it again gives the same key.

        Raises `FileMissing`, and `FileChanged` when the content has another hash.
        """

    @abstractmethod
    def open(self, key: str, *, company_id: UUID | None = None) -> BinaryIO:
        """The content as a stream, to be closed by the caller. `company_id` must be the owner when it is given.

        Raises `FileMissing`.
        """

    @abstractmethod
    def local(self, key: str, *, company_id: UUID | None = None) -> AbstractContextManager[Path]:
        """The file under a path of this machine, for reading, as long as the context lasts; raises `FileMissing`."""

    @abstractmethod
    def delete_staged(self, key: str) -> None:
        """Forgets a staged file; nothing happens when there is none."""

    @abstractmethod
    def forget_staged_before(self, moment: datetime) -> int:
        """Deletes what was staged before and not adopted; returns how many."""

    @abstractmethod
    def size(self, key: str) -> int:
        """In bytes; raises `FileMissing`."""

    def put(self, content: bytes, company_id: UUID) -> str:
        """Keeps what the service made itself; returns its key."""
        staged = self.stage(io.BytesIO(content), len(content))
        return self.adopt(staged.key, company_id, staged.sha256)


class Measured:
    """Reads a stream once, counting and hashing what goes by."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def read(self, size: int = -1) -> bytes:
        """As of a file; raises `FileTooLarge`."""
        chunk = self._stream.read(CHUNK if size < 0 else size)
        self.size += len(chunk)
        if self.size > self._max_bytes:
            raise FileTooLarge(max_bytes=self._max_bytes)
        self._hash.update(chunk)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(CHUNK):
            yield chunk


def hash_of(stream: BinaryIO) -> str:
    measured = Measured(stream, max_bytes=1 << 62)
    for _ in measured:
        pass
    return measured.sha256
