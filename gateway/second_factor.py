"""The second factor: codes of an authenticator app (TOTP), and recovery codes for who lost the phone.

Source: RFC 6238 with the values that every app takes: SHA-1, six digits, thirty seconds.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chassis.identifiers import new_id
from chassis.secrets import Keyring
from gateway.model import RecoveryCode, StaffAccount

STEP_SECONDS = 30
SECRET_BYTES = 20
# Phones' clocks are off by some seconds, and codes take some to type.
STEPS_AROUND = (0, -1, 1)
WRONG_AT_MOST = 5
PAUSE = timedelta(minutes=15)
RECOVERY_CODES = 10
RECOVERY_BYTES = 8


def new_secret() -> str:
    """As apps take it when it is typed: base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def picture(secret: str, *, account: str, issuer: str) -> str:
    """The QR code that an app reads, as an address of an image."""
    address = _totp(secret).get_provisioning_uri(account, issuer)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=2)


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The time step whose code this is; None when it is wrong."""
    step = int(at.timestamp()) // STEP_SECONDS
    for each in STEPS_AROUND:
        try:
            _totp(secret).verify(_digits(code), (step + each) * STEP_SECONDS)
        except InvalidToken:
            continue
        return step + each
    return None


def enrol(session: Session, account: StaffAccount, *, secret: str, step: int, keyring: Keyring) -> list[str]:
    """Turns it on; returns the recovery codes, which are shown once. `step` is that of the code that proved it."""
    account.sealed_totp_secret = keyring.seal(secret, _context(account))
    account.totp_step, account.wrong_codes = step, 0
    return renew_recovery_codes(session, account)


def renew_recovery_codes(session: Session, account: StaffAccount) -> list[str]:
    """The ones before open nothing any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(id=new_id(), account_id=account.id, code_hash=_hashed(code)) for code in codes)
    return codes


def forget(session: Session, account: StaffAccount) -> None:
    """Turns it off."""
    account.sealed_totp_secret = account.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def codes_left(session: Session, account: StaffAccount) -> int:
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.used_at.is_(None))
    return session.scalar(left.where(RecoveryCode.account_id == account.id)) or 0


def blocked_until(account: StaffAccount, *, at: datetime) -> datetime | None:
    """After too many wrong codes none is looked at for a while, so that they cannot be tried out."""
    if account.wrong_codes < WRONG_AT_MOST or account.wrong_code_at is None:
        return None
    until = account.wrong_code_at + PAUSE
    return until if at < until else None


def accept(session: Session, account: StaffAccount, code: str, *, at: datetime, keyring: Keyring) -> bool:
    """Whether the code opens; one that opened once does not again. Wrong ones are counted."""
    if account.sealed_totp_secret is None or blocked_until(account, at=at):
        return False
    opens = _accept_totp(account, code, at=at, keyring=keyring) or _accept_recovery(session, account, code, at=at)
    account.wrong_codes = 0 if opens else account.wrong_codes % WRONG_AT_MOST + 1
    account.wrong_code_at = None if opens else at
    return opens


def _accept_totp(account: StaffAccount, code: str, *, at: datetime, keyring: Keyring) -> bool:
    step = matching_step(keyring.open(account.sealed_totp_secret, _context(account)), code, at=at)
    if step is None or (account.totp_step is not None and step <= account.totp_step):
        return False
    account.totp_step = step
    return True


def _accept_recovery(session: Session, account: StaffAccount, code: str, *, at: datetime) -> bool:
    known = session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == _hashed(code),
            RecoveryCode.used_at.is_(None),
        )
    )
    if known is None:
        return False
    known.used_at = at
    return True


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP_SECONDS)  # noqa: S303  what apps take; as an HMAC it is sound


def _digits(code: str) -> bytes:
    return "".join(code.split()).encode()


def _recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()[:12].lower()
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def _hashed(code: str) -> str:
    return hashlib.sha256("".join(code.split()).casefold().encode()).hexdigest()


def _context(account: StaffAccount) -> str:
    return f"gateway.second-factor/{account.id}"
