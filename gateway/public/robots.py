"""What keeps robots out of the request form: a proof of work always, and what the company chose beside it.

Nobody's request is lost because Google is away. Where it could not be asked, the proof of work decides; who brings
no token, or one with a low score, works ten times as much instead.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateway.model import PROOF_OF_WORK, RECAPTCHA_V3, PublicFace
from gateway.public import captcha, faces, recaptcha
from gateway.public.captcha import Proof
from gateway.public.recaptcha import Verdict

REMEMBERED_SECONDS = 2 * 3600


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """`complaint` is a code. `human`: a token that spares the person another riddle when the form comes back."""

    proof: Proof | None
    complaint: str | None = None
    harder: bool = False
    human: str = ""


def check(request_id: str) -> Check:
    """What this request brings."""
    answer = request.form.get("altcha", "")
    proof = captcha.proof(_runtime().keyring, answer, request_id=request_id)
    if proof is None:
        return Check(None, "captcha-wrong" if answer else "captcha-missing")
    face = faces.current()
    if face.captcha == PROOF_OF_WORK or not face.sealed_captcha_secret or _is_known(request_id):
        return Check(proof, human=request.form.get("human", ""))
    return _judged(face, proof, request_id)


def shown(face: PublicFace) -> dict[str, Any] | None:
    """What the page needs to show the company's captcha; None where there is only the proof of work."""
    if face.captcha == PROOF_OF_WORK or not face.sealed_captcha_secret:
        return None
    return {"kind": face.captcha, "site_key": face.site_key, "url": _runtime().settings.recaptcha_url}


def seal(face: PublicFace, secret: str) -> None:
    face.sealed_captcha_secret = _runtime().keyring.seal(secret, _context(face))


def _judged(face: PublicFace, proof: Proof, request_id: str) -> Check:
    token = request.form.get("g-recaptcha-response", "")
    if not token:
        return Check(proof) if proof.hard else Check(proof, "captcha-harder", harder=True)
    verdict = recaptcha.judge(
        face,
        _runtime().keyring.open(face.sealed_captcha_secret, _context(face)),
        token,
        url=_runtime().settings.recaptcha_url,
        ip=request.remote_addr,
        host=request.host,
    )
    if verdict is Verdict.HUMAN:
        return Check(proof, human=_memory().dumps(request_id))
    if verdict is Verdict.UNKNOWN or proof.hard:
        return Check(proof)
    if face.captcha == RECAPTCHA_V3:
        return Check(proof, "captcha-harder", harder=True)
    return Check(proof, "captcha-wrong")


def _is_known(request_id: str) -> bool:
    try:
        return _memory().loads(request.form.get("human", ""), max_age=REMEMBERED_SECONDS) == request_id
    except BadSignature:
        return False


def _memory() -> URLSafeTimedSerializer:
    keys = _runtime().keyring.derive("gateway.captcha")
    return URLSafeTimedSerializer(list(reversed(keys)), salt=f"human/{g.company.id}")


def _context(face: PublicFace) -> str:
    return f"gateway.captcha_secret/{face.id}"


def _runtime() -> Any:
    return current_app.extensions["alta"]
