"""Coming into the client portal as a client does: with a code from one's mail."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.system.crashing import Scene, eventually


def code_in_the_mail(scene: Scene, email: str) -> str:
    """The newest that came, as soon as one has."""
    mails = f"{scene.target.mailbox_url}/api/messages"

    def found() -> list[Any]:
        return httpx.get(mails, params={"to": email, "subject": "código"}, trust_env=False).json()

    eventually(lambda: bool(found()), lambda: f"no code came to {email}")
    text = httpx.get(f"{mails}/{found()[0]['id']}", trust_env=False).json()["text"]
    return re.search(r"\b\d{6}\b", text)[0]
