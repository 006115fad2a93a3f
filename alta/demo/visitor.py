"""A visitor with a browser's habits: keeps cookies, follows redirects, fills in the forms that pages show."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from alta.demo.pages import Form, find_form, text_of

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 3.0


class Refused(Exception):
    """A page answered something else than what the visitor came for; the message ends with its text."""


Upload = tuple[str, bytes, str]
"""File name, content, content type."""


class Visitor:
    """`patience_seconds`: how long the same thing is sent again when nobody answers, or a page says that it failed.

    `address` is where they come from, for a gateway that is told so by a proxy.
    """

    def __init__(
        self, url: str, *, language: str = "es", patience_seconds: float = 0.0, address: str = "127.0.0.1"
    ) -> None:
        self._patience_seconds = patience_seconds
        self._http = httpx.Client(
            base_url=url,
            follow_redirects=False,
            timeout=30,
            trust_env=False,
            headers={"Accept-Language": language, "User-Agent": "alta-demo", "X-Forwarded-For": address},
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return _checked(self._request("GET", path, **options))

    def form(self, path: str, suits: Callable[[Form], bool]) -> tuple[httpx.Response, Form]:
        """A form on the page at `path`; a page that has to do without it for the moment is asked for again."""
        ends = time.monotonic() + self._patience_seconds
        while True:
            page = self.get(path)
            try:
                return page, find_form(page.text, suits)
            except LookupError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.2)

    def submit(
        self,
        page: httpx.Response,
        form: Form,
        values: Mapping[str, str | list[str]] = {},
        files: Mapping[str, Upload] | None = None,
    ) -> httpx.Response:
        """What the page's form brings when `values` are typed over what it holds; raises `Refused`."""
        if unknown := {*values, *(files or {})} - form.names:
            raise LookupError(f"the form at {page.url} has no {', '.join(sorted(unknown))}, only {sorted(form.names)}")
        data: dict[str, Any] = {}
        for name, value in form.fields:
            if name not in values:
                data.setdefault(name, []).append(value)
        address = page.url.join(form.action)
        return _checked(
            self._request(
                form.method,
                address,
                data={**data, **values},
                files=files,
                headers={"Origin": f"{address.scheme}://{address.netloc.decode()}", "Referer": str(page.url)},
            )
        )

    def tick_conflicts(self, form: Form, typed: Mapping[str, str]) -> dict[str, str]:
        """What a page with a visit's time shows beside it as that is typed: the tick of who wants it all the same."""
        asked = {**dict(form.fields), **typed}
        names = ("installation_id", "technician_id", "scheduled_at", "duration_minutes", "coordinates")
        shown = self.get("/agenda/conflictos", params={name: asked.get(name, "") for name in names})
        ticks = re.findall(r'name="despite" value="([^"]*)"', shown.text)
        form.names.add("despite")
        return {"despite": ticks[0]} if ticks else {}

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        return _checked(self._request(method, path, **options))

    def _request(self, method: str, address: Any, **options: Any) -> httpx.Response:
        """What it leads to. A browser that loses the way after a form was taken does not send the form again."""
        answer = self._one_request(method, address, **options)
        while answer.next_request is not None:
            answer = self._one_request(answer.next_request.method, answer.next_request.url)
        return answer

    def _one_request(self, method: str, address: Any, **options: Any) -> httpx.Response:
        ends = time.monotonic() + self._patience_seconds
        for pause in _pauses():
            try:
                answer = self._http.request(method, address, **options)
            except httpx.TransportError:
                if time.monotonic() > ends:
                    raise
            else:
                asks_for_time = answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
                if not asks_for_time or time.monotonic() > ends:
                    return answer
            time.sleep(pause)
        raise AssertionError("unreachable")


def _pauses() -> Iterator[float]:
    """Seconds between tries: whoever sends the same thing several times a second is soon asked to wait."""
    pause = SHORTEST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


def solve(challenge: Mapping[str, Any]) -> str:
    """The answer to ALTCHA's proof of work, as its widget sends it.

    Source: ALTCHA "Proof-of-work captcha": find the number whose SHA-256 after the salt is the challenge.
    """
    salt, wanted = challenge["salt"], challenge["challenge"]
    for number in range(int(challenge.get("maxnumber") or challenge.get("maxNumber") or 1_000_000) + 1):
        if hashlib.sha256(f"{salt}{number}".encode()).hexdigest() == wanted:
            answer = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps({**answer, "number": number}).encode()).decode()
    raise Refused("the proof of work has no solution")


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    shown = text_of(answer.text)[:1500] if "html" in answer.headers.get("Content-Type", "") else answer.text[:1500]
    raise Refused(f"{answer.request.method} {answer.request.url} answered {answer.status_code}: {shown}")
