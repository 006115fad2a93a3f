"""A client that knows nothing but bytes, for what libraries hide."""

from __future__ import annotations

import socket

from routersim.framing import Decoder, encode_sentence
from tests.simulator import PASSWORD, USER, SimulatedRouter


class Wire:
    def __init__(self, router: SimulatedRouter) -> None:
        self.socket = socket.create_connection((router.host, router.port), timeout=5)
        self._decoder = Decoder()
        self._waiting: list[list[str]] = []

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def send(self, *sentences: list[str]) -> None:
        self.socket.sendall(b"".join(encode_sentence(words) for words in sentences))

    def receive(self) -> list[str] | None:
        """The next sentence; None when the router has closed the connection."""
        while not self._waiting:
            data = self.socket.recv(1 << 16)
            if not data:
                return None
            self._waiting = self._decoder.feed(data)
        return self._waiting.pop(0)

    def ask(self, *words: str) -> list[list[str]]:
        """The whole reply to one command, to its `!done`."""
        self.send(list(words))
        reply = []
        while not reply or reply[-1][0] not in ("!done", "!fatal"):
            sentence = self.receive()
            if sentence is None:
                break
            reply.append(sentence)
        return reply

    def log_in(self, *more: str) -> list[list[str]]:
        return self.ask("/login", f"=name={USER}", f"=password={PASSWORD}", *more)

    # For tests that look at rows.

    def rows(self, menu: str, *words: str) -> list[dict[str, str]]:
        """What a menu prints, as text."""
        reply = self.ask(f"{menu}/print", *words)
        return [dict(word[1:].split("=", 1) for word in words[1:]) for words in reply if words[0] == "!re"]

    def change(self, command: str, *words: str, **values: str) -> str:
        """A command that must succeed; gives what it returned. `max_limit` becomes `max-limit`."""
        named = (f"={name.replace('_', '-')}={value}" for name, value in values.items())
        reply = self.ask(command, *words, *named)
        assert reply[0][0] == "!done", reply
        return reply[0][1].removeprefix("=ret=") if len(reply[0]) > 1 else ""

    def refusal(self, command: str, *words: str) -> str:
        """A command that must be refused; gives the router's words."""
        reply = self.ask(command, *words)
        assert reply[0][0] == "!trap", reply
        return reply[0][-1].removeprefix("=message=")
