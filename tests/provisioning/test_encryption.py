"""TLS to a router: nothing secret is said before the certificate is known."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis.errors import Permanent
from services.provisioning import checking
from services.provisioning.routers import Endpoint, open_connection
from tests.provisioning.builders import the_endpoint
from tests.simulator import SimulatedRouter


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, str]:
    """A self-signed certificate with its key in one file, as routers make them, and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "router")])
    today = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "router.pem"
    path.write_bytes(pem)
    return path, hashlib.sha256(signed.public_bytes(serialization.Encoding.DER)).hexdigest()


@pytest.fixture
def encrypted(router: SimulatedRouter, certificate: tuple[Path, str]) -> Iterator[tuple[Endpoint, list[bytes]]]:
    """The router behind TLS, and every byte that it was told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[0])
    listener = socket.create_server(("127.0.0.1", 0))
    told: list[bytes] = []

    def forward(source: socket.socket, target: socket.socket, note: list[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            while data := source.recv(1 << 16):
                note.append(data)
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.close()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = listener.accept()
                with contextlib.suppress(ssl.SSLError, OSError):
                    client = context.wrap_socket(accepted, server_side=True)
                    plain = socket.create_connection((router.host, router.port))
                    threading.Thread(target=forward, args=(client, plain, told), daemon=True).start()
                    threading.Thread(target=forward, args=(plain, client, []), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield the_endpoint(router, port=listener.getsockname()[1], tls=True), told
    listener.close()


def pinned(endpoint: Endpoint, sha256: str) -> Endpoint:
    return Endpoint(endpoint.address, endpoint.port, endpoint.username, endpoint.password, True, sha256)


def test_the_pinned_certificate_is_accepted(
    encrypted: tuple[Endpoint, list[bytes]], certificate: tuple[Path, str]
) -> None:
    connection = open_connection(pinned(encrypted[0], certificate[1]))
    assert connection.rows("/system/identity", ("name",)) == [{"name": "MikroTik"}]
    connection.close()


@pytest.mark.parametrize("pin", [None, "0" * 64])
def test_another_certificate_is_refused_before_anything_is_said(
    encrypted: tuple[Endpoint, list[bytes]], certificate: tuple[Path, str], pin: str | None
) -> None:
    endpoint, told = encrypted
    with pytest.raises(Permanent) as refused:
        open_connection(pinned(endpoint, pin) if pin else endpoint)
    assert refused.value.code == "router-certificate-unknown"
    assert refused.value.params["sha256"] == certificate[1]
    assert told == []


def test_the_check_tells_what_to_pin(encrypted: tuple[Endpoint, list[bytes]], certificate: tuple[Path, str]) -> None:
    assert checking.check(encrypted[0], "simple_queue")[1] == {
        "check": "certificate",
        "ok": False,
        "code": "router-certificate-unknown",
        "params": {"sha256": certificate[1]},
    }
