"""Secrets at rest: AES-256-GCM with a key id, bound to the place where they are kept.

A sealed text is `1:<key id>:<base64url of nonce, ciphertext and tag>`. Its context (which row, which
field) is authenticated with it and not stored, so that a ciphertext moved to another row does not
open. A keyring holds several keys: the newest seals, all of them open.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = "1"
KEY_BYTES, NONCE_BYTES = 32, 12


class BadKeyFile(Exception):
    """The key file is missing, can be read by others, or is not what `Keyring.create` makes."""


class CannotOpen(Exception):
    """Sealed with a key that is not here, for another place, or changed since. Never says what was inside."""


class Keyring:
    """`keys` by id; `newest` is the id of the one that seals."""

    def __init__(self, keys: Mapping[str, bytes], newest: str) -> None:
        self._keys = dict(keys)
        self._ciphers = {id: AESGCM(key) for id, key in keys.items()}
        self.newest = newest

    @classmethod
    def create(cls, path: Path) -> Keyring:
        """Makes a key file with one key, readable by its owner alone; raises `FileExistsError`."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        _write(descriptor, [_new_key()])
        return cls.load(path)

    @classmethod
    def rotate(cls, path: Path) -> Keyring:
        """Adds a key, which seals from the next start on; what the older ones sealed still opens."""
        beside = path.with_name(f"{path.name}.new")
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        _write(descriptor, [*_read(path), _new_key()])
        beside.replace(path)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Raises `BadKeyFile`."""
        entries = _read(Path(path))
        try:
            keys = {entry["id"]: base64.b64decode(entry["key"], validate=True) for entry in entries}
            return cls(keys, entries[-1]["id"])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise BadKeyFile(f"{path} is not a key file") from error

    def seal(self, text: str, context: str) -> str:
        """`context` is where it will be kept: "provisioning.router/<company>/<router>/password"."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        hidden = nonce + self._ciphers[self.newest].encrypt(nonce, text.encode(), context.encode())
        return f"{FORMAT}:{self.newest}:{base64.urlsafe_b64encode(hidden).decode()}"

    def open(self, sealed: str, context: str) -> str:
        """Raises `CannotOpen`."""
        cipher, hidden = self._parse(sealed)
        try:
            return cipher.decrypt(hidden[:NONCE_BYTES], hidden[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(f"the secret was not sealed for {context}, or was changed") from error

    def derive(self, purpose: str) -> list[bytes]:
        """Keys for one other purpose, such as signing cookies: the newest first, older ones to check with.

        HKDF with SHA-256 (RFC 5869): none of them says anything about the keys that seal.
        """
        newest_first = sorted(self._keys, key=lambda id: id != self.newest)
        return [
            HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(self._keys[id])
            for id in newest_first
        ]

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key sealed it; what is not is to be opened and sealed again after a rotation."""
        return sealed.startswith(f"{FORMAT}:{self.newest}:")

    def _parse(self, sealed: str) -> tuple[AESGCM, bytes]:
        try:
            version, key_id, body = sealed.split(":")
            hidden = base64.b64decode(body, altchars=b"-_", validate=True)
        except (ValueError, binascii.Error, AttributeError) as error:
            raise CannotOpen("not a sealed text") from error
        if version != FORMAT or key_id not in self._ciphers:
            raise CannotOpen(f"no key {key_id} of format {version}")
        return self._ciphers[key_id], hidden


def _new_key() -> dict[str, str]:
    return {"id": secrets.token_hex(4), "key": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}


def _write(descriptor: int, entries: list[dict[str, Any]]) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"keys": entries}, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_IMODE(mode) & 0o077:
                raise BadKeyFile(f"{path} can be read by others: chmod 600 {path}")
            return json.load(file)["keys"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadKeyFile(f"{path}: {error}") from error
