"""Files in a bucket of any S3-compatible store. Credentials and region come from boto3's own settings.

AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chassis.errors import Transient
from chassis.files import keys
from chassis.files.store import CHUNK, FileChanged, FileMissing, FileStore, Measured, Staged, hash_of

_LIMITS = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"})
_TRANSFER = TransferConfig(use_threads=False)
_MISSING = {"404", "NoSuchKey", "NotFound"}


class S3Store(FileStore):
    """Raises `Transient("file-store-away")` when the store does not answer."""

    def __init__(self, bucket: str, *, prefix: str = "", client: Any = None) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = client or boto3.client("s3", config=_LIMITS)

    def stage(self, stream: BinaryIO, max_bytes: int) -> Staged:
        key = keys.new_staged_key()
        measured = Measured(stream, max_bytes)
        with _answering(key):
            # An upload that fails half-way is taken back by boto3; nothing has a key before it is whole.
            self._client.upload_fileobj(_Reader(measured), self._bucket, self._name(key), Config=_TRANSFER)
        return Staged(key, measured.size, measured.sha256)

    def adopt(self, staged_key: str, company_id: UUID, sha256: str) -> str:
        keys.check_staged(staged_key)
        key = keys.object_key(company_id, sha256)
        if not self._exists(key):
            try:
                self._copy(staged_key, key, sha256)
            except FileMissing:
                if not self._exists(key):  # another process adopted it just now
                    raise
        self.delete_staged(staged_key)
        return key

    def _copy(self, staged_key: str, key: str, sha256: str) -> None:
        with contextlib.closing(self._body(staged_key)) as body:
            if hash_of(body) != sha256:
                raise FileChanged(staged_key)
        source = {"Bucket": self._bucket, "Key": self._name(staged_key)}
        with _answering(staged_key):
            self._client.copy_object(Bucket=self._bucket, Key=self._name(key), CopySource=source)

    def open(self, key: str, *, company_id: UUID | None = None) -> BinaryIO:
        return self._body(keys.check(key, company_id))

    @contextmanager
    def local(self, key: str, *, company_id: UUID | None = None) -> Iterator[Path]:
        with (
            tempfile.NamedTemporaryFile(prefix="alta-") as file,
            contextlib.closing(self.open(key, company_id=company_id)) as body,
        ):
            while chunk := body.read(CHUNK):
                file.write(chunk)
            file.flush()
            yield Path(file.name)

    def delete_staged(self, key: str) -> None:
        keys.check_staged(key)
        with _answering(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def forget_staged_before(self, moment: datetime) -> int:
        count = 0
        with _answering("staged/"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._name("staged/")
            )
            for found in (each for page in pages for each in page.get("Contents", ())):
                if found["LastModified"] < moment:
                    self._client.delete_object(Bucket=self._bucket, Key=found["Key"])
                    count += 1
        return count

    def size(self, key: str) -> int:
        with _answering(key):
            return self._client.head_object(Bucket=self._bucket, Key=self._name(keys.check(key)))["ContentLength"]

    def _exists(self, key: str) -> bool:
        try:
            self.size(key)
        except FileMissing:
            return False
        return True

    def _body(self, key: str) -> Any:
        with _answering(key):
            return self._client.get_object(Bucket=self._bucket, Key=self._name(key))["Body"]

    def _name(self, key: str) -> str:
        return f"{self._prefix}{key}"


class _Reader:
    """What boto3 takes for a file."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(self._measured)
        return self._measured.read(size)


@contextmanager
def _answering(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise FileMissing(key) from error
        raise Transient("file-store-away", reason=error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise Transient("file-store-away", reason=type(error).__name__) from error
