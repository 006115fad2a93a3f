"""The public form on a slow connection, in a real browser: how much travels before any photo, and how soon it works.

The connection is Chromium's own "Slow 3G" (DevTools: 400 kbit/s each way, 2 s to the server and back), the page the
gateway's with the form as the product comes. Interactive is when its script has run: what is typed is kept, and files
are taken. It is compared with a page of the same weight in one file over the same connection.
"""

from __future__ import annotations

import contextlib
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from bench.figures import Figure, Lost
from tests.gateway.pages import House, a_new_house

ROUNDS = 3
MOST_KB = 100
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
OPTIONS = ["--no-sandbox", "--disable-background-networking"]
KINDS = ("id_front", "id_back", "proof_of_address", "coupon")


def measure() -> list[Figure]:
    with _served() as (url, house), sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        with playwright.chromium.launch(executable_path=found, args=OPTIONS) as browser:
            visits = [_visit(browser, f"{url}/solicitar-instalacion/veloz") for _ in range(ROUNDS)]
            weight = int(statistics.median(size for size, _seconds in visits))
            house.app.config["BENCH_WEIGHT"] = weight
            bare = [_visit(browser, f"{url}/bare")[1] for _ in range(ROUNDS)]
    seconds, at_best = statistics.median(took for _size, took in visits), statistics.median(bare)
    return [
        Figure(
            name="public_form_weight", value=weight / 1000, limit=MOST_KB, ratio=weight / 1000 / MOST_KB, unit="kB",
            at_most=1.0,
        ),
        Figure(
            name="public_form_interactive", value=seconds, limit=at_best, ratio=seconds / at_best,
            unit="s on slow 3G", at_most=2.0,
        ),
    ]  # fmt: skip


def _visit(browser: Browser, address: str) -> tuple[int, float]:
    """Bytes that travelled and seconds until the page works, by somebody who was never there."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-MX")
    page = context.new_page()
    devtools, sizes = context.new_cdp_session(page), []
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_3G)
    devtools.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(address, wait_until="load", timeout=90_000)
    seconds = _interactive_at(page)
    page.wait_for_load_state("networkidle", timeout=90_000)
    context.close()
    return int(sum(sizes)), seconds


def _interactive_at(page: Page) -> float:
    """Seconds since the address was entered. Scripts of the page run before this."""
    milliseconds = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    if not milliseconds:
        raise Lost("the page never became interactive")
    return milliseconds / 1000


@contextlib.contextmanager
def _served() -> Iterator[tuple[str, House]]:
    """A gateway whose preinstall service answers as it does for a new company."""
    with tempfile.TemporaryDirectory(prefix="alta-bench-") as room:
        house = a_new_house(Path(room))
        house.services.answers["preinstall.form_settings"] = _usual
        _add_bare_page(house.app)
        server = make_server("127.0.0.1", 0, house.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", house
        finally:
            server.shutdown()
            thread.join()
            house.app.extensions["alta"].database.close()
            house.database.close()


def _usual(_data: dict[str, Any]) -> dict[str, Any]:
    documents = [{"kind": kind, "required": kind != "coupon", "asked": True} for kind in KINDS]
    return {"documents": documents, "max_file_bytes": 10_485_760}


def _add_bare_page(app: Flask) -> None:
    from gateway.roles import PUBLIC, allowed

    @allowed(PUBLIC)
    def bare() -> str:
        return f"<!doctype html><title>x</title><link rel=icon href=data:,><!--{'x' * app.config['BENCH_WEIGHT']}-->"

    app.add_url_rule("/bare", "bare", bare)
