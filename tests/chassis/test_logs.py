"""What is logged is one JSON object per line, with its story's id and without secrets."""

import json
import subprocess
import sys
import textwrap

import pytest

from chassis.logs import HIDDEN, hide_secrets
from tests.chassis.running import ROOT


def logged(script, **options):
    given = ", ".join(f"{name}={value!r}" for name, value in options.items())
    whole = f"from chassis import logs\nlogs.configure('parcels', {given})\n" + textwrap.dedent(script)
    done = subprocess.run([sys.executable, "-c", whole], cwd=ROOT, capture_output=True, check=True, text=True)
    return done.stdout


def lines(script, **options):
    return [json.loads(line) for line in logged(script, **options).splitlines()]


def test_a_line_says_when_who_and_to_which_story_it_belongs():
    (line,) = lines("""
        import structlog
        from chassis.correlation import caused_by
        with caused_by(correlation_id="click", causation_id=None):
            structlog.get_logger().info("sent", parcel=7)
    """)
    assert (line["event"], line["service"], line["correlation_id"], line["parcel"]) == ("sent", "parcels", "click", 7)
    assert line["timestamp"].endswith("Z") and line["level"] == "info"


def test_an_exception_is_one_line_too():
    (line,) = lines("""
        import structlog
        try:
            1 / 0
        except ZeroDivisionError:
            structlog.get_logger().exception("failed")
    """)
    assert "ZeroDivisionError" in line["exception"]


def test_what_is_no_text_and_no_small_number_is_written_all_the_same():
    (line,) = lines("""
        import structlog
        structlog.get_logger().warning("odd", name="a" + chr(0) + chr(0xD800), number=2**70)
    """)
    assert (line["name"], line["number"]) == ("a\x00\ud800", 2**70)


def test_other_libraries_say_what_went_wrong_and_no_more():
    found = lines("""
        import logging
        logging.getLogger("pika.connection").info("talk")
        logging.getLogger("pika.connection").warning("trouble %s", 7)
        logging.getLogger("elsewhere").info("news")
    """)
    assert [(line["event"], line["logger"], line["level"]) for line in found] == [
        ("trouble 7", "pika.connection", "warning"), ("news", "elsewhere", "info"),
    ]  # fmt: skip


def test_what_is_below_the_level_is_not_written():
    script = "import structlog\nlog = structlog.get_logger()\nlog.info('less')\nlog.warning('more')\n"
    assert [line["event"] for line in lines(script, level="warning")] == ["more"]


def test_text_is_for_reading():
    assert "sent" in logged("import structlog; structlog.get_logger().info('sent', parcel=7)", format="text")


@pytest.mark.parametrize(
    "key",
    ["password", "wifi_password", "PASSWORD", "session_token", "signature_png", "sealed_path", "Authorization",
     "set-cookie", "client_secret", "api_key"],
)  # fmt: skip
def test_secrets_are_hidden_by_their_names_however_deep(key):
    event = {"event": "x", key: "s3cret", "data": {"list": [{key: "s3cret"}]}}
    assert hide_secrets(None, "info", event) == {"event": "x", key: HIDDEN, "data": {"list": [{key: HIDDEN}]}}


def test_secrets_are_hidden_in_what_is_written():
    script = "import structlog; structlog.get_logger().info('router', data={'password': 's3cret'}, token='s3cret')"
    for format in ("json", "text"):
        assert "s3cret" not in logged(script, format=format)
