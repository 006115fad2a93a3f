"""Keys of files: made here, and checked here before they touch a disk or a bucket."""

from __future__ import annotations

import re
from uuid import UUID

from chassis.identifiers import new_id

_STAGED = re.compile(r"staged/[0-9a-f]{32}")
_OBJECT = re.compile(r"objects/(?P<company>[0-9a-f-]{36})/(?P<start>[0-9a-f]{2})/(?P<hash>[0-9a-f]{64})")


class BadKey(ValueError):
    """Not a key that this store makes, or another company's."""


def new_staged_key() -> str:
    return f"staged/{new_id().hex}"


def object_key(company_id: UUID, sha256: str) -> str:
    """Raises `BadKey` when `sha256` is not 64 hexadecimal digits in lower case."""
    return check_object(f"objects/{company_id}/{sha256[:2]}/{sha256}", company_id)


def check_staged(key: str) -> str:
    if not _STAGED.fullmatch(key):
        raise BadKey(f"not the key of a staged file: {key!r}")
    return key


def check_object(key: str, company_id: UUID | None = None) -> str:
    """`company_id`, when given, must be the one whose file it is."""
    found = _OBJECT.fullmatch(key)
    if not found or not found["hash"].startswith(found["start"]):
        raise BadKey(f"not the key of a kept file: {key!r}")
    if company_id is not None and found["company"] != str(company_id):
        raise BadKey(f"the file of another company: {key!r}")
    return key


def check(key: str, company_id: UUID | None = None) -> str:
    """Either kind. A staged file is nobody's yet, so that it is no company's."""
    if company_id is None and _STAGED.fullmatch(key):
        return key
    return check_object(key, company_id)
