"""API-SSL: with a certificate or, as a router that has none, with anonymous key exchange.

The standard library cannot make certificates; README.md has the openssl command that does. Source: MikroTik manual,
"API": without a certificate clients must use anonymous Diffie-Hellman, which protects against nobody in the middle.
"""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

# RFC 7919, so that nobody waits for parameters to be made: openssl genpkey -genparam -algorithm DH
#     -pkeyopt group:ffdhe2048
_GROUP = Path(__file__).with_name("ffdhe2048.pem")


def context(certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """For a server. `key` may be left out when the certificate's file has it. Raises `ValueError` when it does not."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate is None:
        # Only TLS 1.2 has key exchange without a certificate, and OpenSSL counts it as no security at all.
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        made.set_ciphers("ADH:@SECLEVEL=0")
        made.load_dh_params(_GROUP)
    else:
        try:
            made.load_cert_chain(certificate, key)
        except OSError as error:
            raise ValueError(f"certificate {certificate} and its key cannot be used: {error}") from None
    return made


def fingerprint(certificate: Path) -> str:
    """SHA-256 of the certificate, in hexadecimal. Raises `ValueError` when the file has none."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    _, found, rest = certificate.read_text().partition(begin)
    if not found:
        raise ValueError(f"there is no certificate in {certificate}")
    own = f"{begin}{rest.partition(end)[0]}{end}\n"
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(own)).hexdigest()
