"""Files: staged while they arrive, adopted by their owner once they are checked, kept under their content's hash.

`open_store("file:///directory")` or `open_store("s3://bucket")`. Staged files have keys `staged/<id>`,
kept ones `objects/<company>/<aa>/<sha256>`: the same content of one company is kept once, and a
company's key never leads to another's file.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from chassis.files.keys import BadKey
from chassis.files.store import FileChanged, FileMissing, FileStore, FileTooLarge, Staged

__all__ = ["BadKey", "FileChanged", "FileMissing", "FileStore", "FileTooLarge", "Staged", "open_store"]


def open_store(url: str) -> FileStore:
    """Raises `ValueError` for any other kind of address."""
    address = urlsplit(url)
    if address.scheme == "file" and not address.netloc and address.path:
        from chassis.files.folder import FolderStore

        return FolderStore(address.path)
    if address.scheme == "s3" and address.netloc:
        from chassis.files.s3 import S3Store

        return S3Store(address.netloc, prefix=address.path.strip("/"))
    raise ValueError(f"{url!r} is neither file:///directory nor s3://bucket")
