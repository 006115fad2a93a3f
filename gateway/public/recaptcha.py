"""Google's reCAPTCHA, v2 ("I'm not a robot") and v3 (a score), with the company's own keys.

Source: developers.google.com/recaptcha/docs/verify. A token is good for two minutes and one question.
"""

from __future__ import annotations

import enum
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import structlog

from gateway.model import RECAPTCHA_V2, RECAPTCHA_V3, PublicFace

SECONDS = 4.0
LOWEST_SCORE = 0.5
ACTION = "request"
KINDS = (RECAPTCHA_V2, RECAPTCHA_V3)
# What says that the company's keys are wrong, not the person.
_OUR_FAULT = {"missing-input-secret", "invalid-input-secret", "bad-request", "invalid-keys"}
log = structlog.get_logger()


class Verdict(enum.Enum):
    """UNKNOWN: Google could not be asked, or did not know the company's keys."""

    HUMAN = "human"
    ROBOT = "robot"
    UNKNOWN = "unknown"


def judge(face: PublicFace, secret: str, token: str, *, url: str, ip: str | None, host: str) -> Verdict:
    """Waits up to `SECONDS`. A token that was solved on another page's domain is worth nothing here."""
    asked = urllib.parse.urlencode({"secret": secret, "response": token, "remoteip": ip or ""}).encode()
    try:
        with urllib.request.urlopen(f"{url}/api/siteverify", asked, timeout=SECONDS) as answer:  # noqa: S310 - a setting
            told = json.loads(answer.read(20_000))
    except (urllib.error.URLError, OSError, ValueError) as error:
        log.warning("recaptcha-away", error=repr(error))
        return Verdict.UNKNOWN
    if set(told.get("error-codes") or ()) & _OUR_FAULT:
        log.warning("recaptcha-keys-refused", codes=told["error-codes"])
        return Verdict.UNKNOWN
    return Verdict.HUMAN if _is_good(face, told, host) else Verdict.ROBOT


def _is_good(face: PublicFace, told: dict[str, Any], host: str) -> bool:
    if told.get("success") is not True or told.get("hostname") != host.partition(":")[0]:
        return False
    if face.captcha == RECAPTCHA_V2:
        return True
    score = told.get("score")
    return told.get("action") == ACTION and isinstance(score, (int, float)) and score >= LOWEST_SCORE


def policy(usual: str, url: str) -> str:
    """The page's policy with room for Google's script and frame; for the pages that show them alone."""
    place = f"{url}/"
    # The script loads its parts from there, whatever is asked for them.
    parts = "https://www.gstatic.com/recaptcha/"
    return (
        usual.replace("script-src 'self'", f"script-src 'self' {place} {parts}")
        + f"; frame-src {place} https://recaptcha.google.com/recaptcha/; connect-src 'self' {place}"
    )
