"""librouteros, with what it lacks for unattended use: deadlines, whole reads, text as it is.

librouteros 4.2 waits per `recv` and not per command, makes numbers and booleans of values (a
password `no` comes back as False), drops bytes that are not in its one encoding, and logs every
word, passwords too.
"""

from __future__ import annotations

import logging
import socket
import time
from hashlib import md5

from librouteros.api import Api
from librouteros.connections import SocketTransport
from librouteros.exceptions import ConnectionClosed
from librouteros.protocol import ApiProtocol, decode_length, determine_length

# Its debug log has every word in clear.
logging.getLogger("librouteros").setLevel(logging.INFO)

PIECE = 1 << 16


class DeadlineTransport(SocketTransport):
    """Reads in large pieces, and gives up when the time for the whole command is over."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._deadline = float("inf")
        self._received = bytearray()

    def allow(self, seconds: float) -> None:
        """From now on, everything together may take so long."""
        self._deadline = time.monotonic() + seconds

    def _remaining(self) -> float:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the router took too long")
        return remaining

    def write(self, data: bytes) -> None:
        self.sock.settimeout(self._remaining())
        self.sock.sendall(data)

    def read(self, length: int) -> bytes:
        while len(self._received) < length:
            self.sock.settimeout(self._remaining())
            piece = self.sock.recv(PIECE)
            if not piece:
                raise ConnectionClosed("the router closed the connection")
            self._received += piece
        data = bytes(self._received[:length])
        del self._received[:length]
        return data


class TolerantProtocol(ApiProtocol):
    """Words are utf-8; where another tool wrote latin-1 they are read as that, so that no byte is lost."""

    def __init__(self, transport: SocketTransport) -> None:
        super().__init__(transport, encoding="utf-8")

    def readWord(self) -> str:  # noqa: N802 - librouteros's name
        first = self.transport.read(1)
        if first == b"\x00":
            return ""
        length = decode_length(first + self.transport.read(determine_length(first)))
        word = self.transport.read(length)
        try:
            return word.decode("utf-8")
        except UnicodeDecodeError:
            return word.decode("latin-1")


class TextApi(Api):
    """Values are the text that the router sent."""

    def readSentence(self) -> tuple[str, dict[str, str]]:  # noqa: N802 - librouteros's name
        reply, words = self.protocol.readSentence()
        return reply, dict(_attribute(word) for word in words)


def _attribute(word: str) -> tuple[str, str]:
    name, _, value = word.removeprefix("=").partition("=")
    return name, value


def challenge_response(password: str, challenge: str) -> str:
    """The answer that routers before 6.43 want. Source: MikroTik manual, "API", section "Login process"."""
    secret = b"\x00" + password.encode("utf-8") + bytes.fromhex(challenge)
    return "00" + md5(secret, usedforsecurity=False).hexdigest()
