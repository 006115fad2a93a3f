"""PRE-4: the company's Google captcha in a browser, and what stands in for it where Google can't be reached."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from gateway.public import faces, recaptcha, robots
from gateway.public.recaptcha import Verdict
from tests.gateway.pages import House
from tests.gateway.test_public_pages_in_a_browser import _fill_in, browser, house, page, url

__all__ = ["browser", "house", "page", "url"]


@pytest.fixture
def google(house: House, url: str) -> Iterator[str]:
    """The company has Google's captcha; what stands for Google knows everybody, and `/away` nobody."""
    settings, runtime = house.app.extensions["alta"].settings, house.app.extensions["alta"]
    usual = settings.recaptcha_url
    object.__setattr__(settings, "recaptcha_url", f"{url}/static/dist/google")
    with runtime.database.begin(house.company.id) as session, house.app.app_context():
        face = faces.own_face(session, house.company.id)
        session.flush()
        face.captcha, face.site_key = "recaptcha_v2", "a-key"
        robots.seal(face, "a-secret")
    yield f"{url}/static/dist/google"
    with runtime.database.begin(house.company.id) as session:
        faces.own_face(session, house.company.id).captcha = "proof_of_work"
    object.__setattr__(settings, "recaptcha_url", usual)


GOOGLES_SCRIPT = """window.grecaptcha = {
  ready: (then) => then(),
  render: (place, { sitekey }) => { place.textContent = `No soy un robot ${sitekey}`; return 7; },
  getResponse: (widget) => `token-${widget}`,
};"""


def test_pre_4_googles_captcha_is_shown_and_its_token_sent(
    house: House, url: str, page: Page, google: str, monkeypatch
):
    asked = []
    monkeypatch.setattr(recaptcha, "judge", lambda face, secret, token, **_: asked.append(token) or Verdict.HUMAN)
    page.route(f"{google}/api.js*", lambda route: route.fulfill(content_type="text/javascript", body=GOOGLES_SCRIPT))
    page.goto(f"{url}/solicitar-instalacion/veloz")
    expect(page.locator("[data-robots-place]")).to_have_text("No soy un robot a-key")
    _fill_in(page)
    page.click("[data-send]")
    expect(page.locator("#tracking-number")).to_be_visible()
    assert asked == ["token-7"]


def test_pre_4_where_google_cannot_be_loaded_a_harder_proof_takes_its_place(
    house: House, url: str, page: Page, google: str
):
    page.route(f"{google}/api.js*", lambda route: route.abort())
    page.goto(f"{url}/solicitar-instalacion/veloz")
    _fill_in(page)
    with page.expect_response(lambda answer: answer.url.endswith("?dificil")):
        page.click("[data-send]")
    expect(page.locator("#tracking-number")).to_be_visible(timeout=60_000)
