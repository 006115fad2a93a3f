"""API-SSL: the certificate that clients pin, and routers that have none."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import librouteros
import pytest

from tests.routersim.certificates import write_certificate
from tests.routersim.wire import Wire
from tests.simulator import PASSWORD, USER, SimulatedRouter, simulated_router

SECURED = ("--listen", "127.0.0.1:0+0")


def log_in(router: SimulatedRouter, context: ssl.SSLContext) -> tuple[dict[str, object], ...]:
    api = librouteros.connect(
        router.host, USER, PASSWORD, port=router.tls_port, encoding="utf-8", timeout=5,
        ssl_wrapper=lambda plain: context.wrap_socket(plain, server_hostname=router.host),
    )  # fmt: skip
    with contextlib.closing(api):
        return tuple(api("/system/identity/print"))


def test_the_first_line_says_which_certificate_it_is(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    with simulated_router(*SECURED, "--certificate", str(certificate), "--key", str(key)) as router:
        pem = ssl.get_server_certificate((router.host, router.tls_port))
        assert router.fingerprint == hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
        assert log_in(router, ssl.create_default_context(cafile=certificate)) == ({"name": "MikroTik"},)


def test_a_client_that_does_not_know_the_certificate_does_not_log_in(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    with simulated_router(*SECURED, "--certificate", str(certificate), "--key", str(key)) as router:
        with pytest.raises(ssl.SSLCertVerificationError):
            log_in(router, ssl.create_default_context())
        assert router.do("status")["logins"] == 0
        with Wire(router) as wire:
            assert wire.log_in() == [["!done"]]


def test_certificate_and_key_may_be_in_one_file(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    both = tmp_path / "both.pem"
    both.write_text(key.read_text() + certificate.read_text())
    with simulated_router(*SECURED, "--certificate", str(both)) as router:
        assert log_in(router, ssl.create_default_context(cafile=certificate)) == ({"name": "MikroTik"},)


def test_a_router_without_a_certificate_exchanges_keys_anonymously() -> None:
    with simulated_router(*SECURED) as router:
        assert router.fingerprint is None
        strict = ssl.create_default_context()
        with pytest.raises(ssl.SSLError):
            log_in(router, strict)
        anonymous = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anonymous.check_hostname, anonymous.verify_mode = False, ssl.CERT_NONE
        anonymous.set_ciphers("ADH:@SECLEVEL=0")
        assert log_in(router, anonymous) == ({"name": "MikroTik"},)


def test_both_ports_lead_to_the_same_router_and_are_off_together(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    with simulated_router(*SECURED, "--certificate", str(certificate), "--key", str(key)) as router:
        trusted = ssl.create_default_context(cafile=certificate)
        with Wire(router) as wire:
            wire.log_in()
            wire.change("/system/identity/set", name="norte")
        assert log_in(router, trusted) == ({"name": "norte"},)
        router.do("offline")
        for port in (router.port, router.tls_port):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((router.host, port), timeout=5)
        router.do("online")
        assert log_in(router, trusted) == ({"name": "norte"},)


def test_a_wrong_certificate_is_said_at_once(tmp_path: Path) -> None:
    missing = [sys.executable, "-m", "routersim", *SECURED, "--certificate", str(tmp_path / "no.pem")]
    done = subprocess.run(missing, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("routersim: ") and "no.pem" in done.stderr
