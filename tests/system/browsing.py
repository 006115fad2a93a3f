"""People with browsers of their own."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
WAIT_MS = 30_000


class Person:
    """Somebody with a browser of their own, who notices what a page complains about and what does not fit."""

    def __init__(self, browser: Browser, width: int, url: str, address: str) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="es-MX",
            base_url=url,
            extra_http_headers={"X-Forwarded-For": address},
        )
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def settle(self) -> None:
        """The page has come to rest, fits its window, and had nothing to complain about."""
        self.page.wait_for_load_state("networkidle")
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{self.page.url} is {too_wide} px too wide"
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"
