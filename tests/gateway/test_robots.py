"""PRE-4: Google reCAPTCHA with the company's own keys; where Google can't be asked, a harder proof of work decides."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator

import pytest

from alta.demo.visitor import solve
from gateway.model import OFFICE
from tests.gateway.pages import House, hidden, send, text_of
from tests.gateway.test_request_form import FORM, _answering, _fields, _send
from tests.hosting import on_sqlite

pytestmark = on_sqlite

PAGE = "/formulario-publico/robots"
PAPERS = ("id_front", "id_back")


class Google(http.server.ThreadingHTTPServer):
    """Answers `siteverify` with what the test says."""

    def __init__(self) -> None:
        self.told: dict[str, object] = {}
        self.asked: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Verify)


class _Verify(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(dict(urllib.parse.parse_qsl(body)))
        answer = json.dumps(self.server.told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def google(house: House) -> Iterator[Google]:
    server = Google()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}/recaptcha"
    object.__setattr__(house.app.extensions["alta"].settings, "recaptcha_url", address)
    _answering(house)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _choose(house: House, kind: str = "recaptcha_v2") -> None:
    typed = {"captcha": kind, "site_key": "site-key", "secret": "the-secret"}
    assert send(house.staff(), PAGE, PAGE, **typed).status_code == 302


def _sent(house: House, page: str, **typed: str):
    return _send(house.visitor(), page, files=PAPERS, **typed)


def test_pre_4_the_companys_keys_are_used_and_the_secret_is_never_shown(house: House, google: Google):
    _choose(house)
    shown = house.staff().get(PAGE).text
    assert "site-key" in shown and "the-secret" not in shown
    google.told = {"success": True, "hostname": "localhost"}
    answer = house.visitor().get(FORM)
    assert 'data-robots="recaptcha_v2" data-site-key="site-key"' in answer.text
    assert (
        f"script-src 'self' {house.app.extensions['alta'].settings.recaptcha_url}/"
        in answer.headers["Content-Security-Policy"]
    )
    assert _sent(house, answer.text, **{"g-recaptcha-response": "a-token"}).status_code == 302
    (asked,) = google.asked
    assert (asked["secret"], asked["response"]) == ("the-secret", "a-token")
    elsewhere = house.visitor().get(f"{FORM}/seguimiento").headers["Content-Security-Policy"]
    assert "recaptcha" not in elsewhere


@pytest.mark.parametrize(
    "told",
    [
        {"success": False, "error-codes": ["timeout-or-duplicate"]},
        {"success": True, "hostname": "other.example"},
        {"success": "true", "hostname": "localhost"},
    ],
)
def test_pre_4_whom_google_does_not_know_is_refused_and_loses_nothing(house: House, google: Google, told):
    _choose(house)
    google.told = told
    answer = _sent(house, house.visitor().get(FORM).text, **{"g-recaptcha-response": "x"})
    assert (answer.status_code, "La comprobación no es válida" in text_of(answer.text)) == (422, True)
    assert hidden(answer.text, "kept_id_front")
    assert house.services.told("preinstall.submit") == []


def test_pre_4_when_google_is_away_or_the_keys_are_wrong_no_request_is_lost(house: House, google: Google):
    _choose(house)
    google.told = {"success": False, "error-codes": ["invalid-input-secret"]}
    assert _sent(house, house.visitor().get(FORM).text, **{"g-recaptcha-response": "x"}).status_code == 302
    object.__setattr__(house.app.extensions["alta"].settings, "recaptcha_url", "http://127.0.0.1:1/recaptcha")
    assert _sent(house, house.visitor().get(FORM).text, **{"g-recaptcha-response": "x"}).status_code == 302


def test_pre_4_who_brings_no_token_works_harder(house: House, google: Google):
    _choose(house)
    client = house.visitor()
    page = client.get(FORM).text
    refused = _sent(house, page)
    assert (refused.status_code, "comprobación más larga" in text_of(refused.text)) == (422, True)
    challenge = client.get(f"{FORM}/comprobacion/{hidden(page, 'request_id')}?dificil").get_json()
    assert challenge["maxnumber"] == 1_000_000
    assert _sent(house, page, altcha=solve(challenge)).status_code == 302
    assert google.asked == []


@pytest.mark.parametrize(("score", "status"), [(0.9, 302), (0.1, 422)])
def test_pre_4_a_low_score_is_asked_for_more_work(house: House, google: Google, score: float, status: int):
    _choose(house, "recaptcha_v3")
    google.told = {"success": True, "hostname": "localhost", "action": "request", "score": score}
    answer = _sent(house, house.visitor().get(FORM).text, **{"g-recaptcha-response": "x"})
    assert answer.status_code == status
    if status == 422:
        # The page that comes back brings a harder one.
        assert _sent(house, answer.text, **{"g-recaptcha-response": "x"}).status_code == 302


def test_pre_4_who_is_known_already_is_asked_no_second_riddle(house: House, google: Google):
    _choose(house)
    google.told = {"success": True, "hostname": "localhost"}
    client = house.visitor()
    wrong = client.post(FORM, data=_fields(client.get(FORM).text, phone="", **{"g-recaptcha-response": "x"}))
    assert "data-robots=" not in wrong.text
    again = _sent(house, wrong.text, human=hidden(wrong.text, "human"))
    assert (again.status_code, len(google.asked)) == (302, 1)
    other = client.get(FORM).text
    assert _sent(house, other, human=hidden(wrong.text, "human")).status_code == 422


def test_pre_4_keys_are_asked_for_and_only_the_owner_sets_them(house: House, google: Google):
    answer = send(house.staff(), PAGE, PAGE, captcha="recaptcha_v2", site_key="", secret="")
    assert (answer.status_code, answer.text.count("Este dato es obligatorio.")) == (422, 2)
    assert send(house.staff(), PAGE, PAGE, captcha="magic").status_code == 422
    assert house.staff(OFFICE).get(PAGE).status_code == 403
    _choose(house)
    assert send(house.staff(), PAGE, PAGE, captcha="recaptcha_v3", site_key="other", secret="").status_code == 302
    assert send(house.staff(), PAGE, PAGE, captcha="proof_of_work").status_code == 302
    assert "data-robots=" not in house.visitor().get(FORM).text
