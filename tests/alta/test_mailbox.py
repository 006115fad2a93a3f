"""What goes in by SMTP comes out on the page and as JSON, grouped by Message-ID."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from alta.demo import company
from alta.mailbox import pages
from alta.mailbox.smtp import smtp_server
from alta.mailbox.store import Mailbox
from alta.mailbox.web import MailboxServer
from deploy.local.ports import choose_ports


class Running:
    """A mailbox with both of its doors open."""

    def __init__(self, smtp_port: int, url: str) -> None:
        self.smtp_port = smtp_port
        self.http = httpx.Client(base_url=url, trust_env=False)

    def send(self, message: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as smtp:
            smtp.send_message(message)

    def summaries(self, **filters: str) -> list[dict]:
        return self.http.get("/api/messages", params=filters).json()


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Running]:
    store = Mailbox(tmp_path / "mail.sqlite3")
    smtp_port, http_port = choose_ports(2)
    smtp = smtp_server(store, "127.0.0.1", smtp_port)
    web = MailboxServer(("127.0.0.1", http_port), store)
    smtp.start()
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    running = Running(smtp_port, f"http://127.0.0.1:{http_port}")
    yield running
    running.http.close()
    web.shutdown()
    web.server_close()
    thread.join()
    smtp.stop()
    store.close()


def a_message(subject: str = "Bienvenida", to: str = "ana@example.com", id: str = "<1@alta>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = "alta@example.com", to, subject, id
    message.set_content("Hola, firme en https://example.com/contrato/abc?x=1&y=2.")
    message.add_alternative("<p>Hola <b>Ana</b><script>alert(1)</script></p>", subtype="html")
    return message


def test_message_is_found_with_its_content(mailbox: Running) -> None:
    message = a_message("Instalación programada")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="hoja.pdf")
    mailbox.send(message)
    (summary,) = mailbox.summaries(to="ana@example.com", subject="instal")
    read = mailbox.http.get(f"/api/messages/{summary['id']}").json()
    assert read["subject"] == "Instalación programada" and read["recipients"] == ["ana@example.com"]
    assert "https://example.com/contrato/abc" in read["text"] and "<b>Ana</b>" in read["html"]
    assert read["attachments"] == [{"filename": "hoja.pdf", "content_type": "application/pdf", "size": 5}]


def test_same_message_id_is_one_message_received_twice(mailbox: Running) -> None:
    mailbox.send(a_message())
    mailbox.send(a_message())
    mailbox.send(a_message(id="<2@alta>"))
    assert [row["receptions"] for row in mailbox.summaries()] == [1, 2]
    assert "recibido 2 veces" in mailbox.http.get("/").text
    assert "received 2 times" in mailbox.http.get("/", headers={"Accept-Language": "en-GB"}).text


def test_times_are_written_as_the_staff_pages_write_them(tmp_path: Path) -> None:
    store = Mailbox(tmp_path / "mail.sqlite3")
    for at in (datetime(2026, 11, 28, 1, 5, tzinfo=UTC), datetime(2026, 7, 1, 6, 30, tzinfo=UTC)):
        store.receive(sender="a@x", recipients=["b@x"], raw=bytes(a_message(id=f"<{at}@x>")), at=at)
    messages, zone = store.messages(), ZoneInfo(company.TIME_ZONE)
    for summary in messages:
        at = datetime.fromisoformat(summary.received_at)
        assert at.astimezone(pages.ZONE).utcoffset() == at.astimezone(zone).utcoffset()
    page = pages.listing(messages, {}, "es")
    assert ">27 nov 2026, 7:05 p.m.<" in page and ">1 jul 2026, 12:30 a.m.<" in page
    assert ">Nov 27, 2026, 7:05 PM<" in pages.listing(messages, {}, "en")
    assert ">27 nov 2026, 7:05 p.m.<" in pages.reading(messages[-1], a_message(), "es") + page
    store.close()


def test_messages_without_an_id_are_not_taken_for_one(mailbox: Running) -> None:
    for _ in range(2):
        message = a_message()
        del message["Message-ID"]
        mailbox.send(message)
    assert len(mailbox.summaries()) == 2


def test_html_is_shown_without_any_rights(mailbox: Running) -> None:
    mailbox.send(a_message('<img src=x onerror="alert(1)">'))
    (summary,) = mailbox.summaries()
    page = mailbox.http.get(f"/messages/{summary['id']}")
    assert "<script" not in page.text and "onerror=&quot;" in page.text
    assert 'sandbox="allow-popups' in page.text and "allow-scripts" not in page.text
    frame = mailbox.http.get(f"/messages/{summary['id']}/html")
    assert frame.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]


def test_filters_that_match_nothing_give_nothing(mailbox: Running) -> None:
    mailbox.send(a_message())
    assert mailbox.summaries(to="nobody@") == [] == mailbox.summaries(subject="factura")


def test_unknown_addresses_are_404(mailbox: Running) -> None:
    for path in ("/messages/99", "/api/messages/99", "/messages/x", "/etc/passwd"):
        assert mailbox.http.get(path).status_code == 404


def test_clearing_empties_it(mailbox: Running) -> None:
    mailbox.send(a_message())
    assert mailbox.http.delete("/api/messages").status_code == 200
    assert mailbox.summaries() == []


def test_mail_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "mail.sqlite3"
    first = Mailbox(path)
    first.receive(sender="a@x", recipients=["b@x"], raw=bytes(a_message()), at=datetime.now(UTC))
    first.close()
    again = Mailbox(path)
    assert [summary.subject for summary in again.messages()] == ["Bienvenida"]
    again.close()


def test_links_in_text_can_be_clicked_and_nothing_else_is_html() -> None:
    shown = pages.linked('<b> https://example.com/a?b=1&c=2. "ok"')
    assert shown == (
        '&lt;b&gt; <a href="https://example.com/a?b=1&amp;c=2" rel="noreferrer">'
        "https://example.com/a?b=1&amp;c=2</a>. &quot;ok&quot;"
    )


def test_a_text_message_is_read_beside_the_mails_and_sent_again_it_is_one(mailbox: Running) -> None:
    told = {"to": "+525510000001", "from": "Conecta Valle", "text": "Tu código es 123456.\nVence en 10 minutos."}
    for _ in range(2):
        assert mailbox.http.post("/sms", json={**told, "reference": "m-1"}).json() == {"status": "accepted"}
    (summary,) = mailbox.summaries(to="+525510000001")
    assert (summary["receptions"], summary["subject"]) == (2, "SMS: Tu código es 123456. Vence en 10 minutos.")
    assert "Tu código es 123456." in mailbox.http.get(f"/messages/{summary['id']}").text
    for wrong in ({"to": "+52"}, ["to"]):
        assert mailbox.http.post("/sms", json=wrong).status_code == 400
    assert mailbox.http.post("/sms", content=b"{").status_code == 400
    assert mailbox.http.post("/sms", content=b"x" * 70_000).status_code == 404
