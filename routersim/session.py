"""One connection: logging in, then commands, each answered in its turn."""

from __future__ import annotations

import asyncio
import secrets
from hashlib import md5

from routersim.faults import Dropped, Faults
from routersim.framing import ENCODING, ODD_BYTES, Decoder, Unreadable, encode_sentence
from routersim.router import Command, Router, Sentences, trapped
from routersim.values import Trap

LOGIN_ATTEMPTS = 5
FIRST_WITH_PLAIN_LOGIN = (6, 43)
FIRST_WITHOUT_CHALLENGE = (6, 45)
REFUSED = Trap("invalid user name or password (6)")
REFUSED_CHALLENGE = Trap("cannot log in")


class Fatal(Exception):
    """The router says one last word and closes."""


def challenge_response(password: str, challenge: str) -> str:
    """The answer to a login challenge as routers before 6.43 wanted it."""
    secret = b"\x00" + password.encode(ENCODING, ODD_BYTES) + bytes.fromhex(challenge)
    return "00" + md5(secret, usedforsecurity=False).hexdigest()


class Session:
    def __init__(self, router: Router, faults: Faults, writer: asyncio.StreamWriter) -> None:
        self.router = router
        self.faults = faults
        self.writer = writer
        self.user: str | None = None
        self.challenge = ""
        self.failed_logins = 0

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Until the client leaves, a fault ends it, or it says what cannot be understood."""
        decoder = Decoder()
        try:
            while data := await reader.read(1 << 16):
                for sentence in decoder.feed(data):
                    await self._handle(Command.parse(sentence))
        except (Dropped, Unreadable, ConnectionError):
            self.writer.transport.abort()
        except Fatal as last_word:
            self.writer.write(encode_sentence(["!fatal", str(last_word)]))
        finally:
            self.writer.close()

    async def _handle(self, command: Command) -> None:
        if command.full == "/login":
            self._send(self._login(command), command.tag)
            return
        if self.user is None:
            raise Fatal("not logged in")
        if command.full == "/quit":
            raise Fatal("session terminated on request")
        await self.faults.before(command)
        replies = self._cancel() if command.full == "/cancel" else self.router.answer(command, self.user)
        self.faults.after()
        self._send(replies, command.tag)
        await self.writer.drain()

    def _send(self, sentences: Sentences, tag: str | None) -> None:
        marks = [] if tag is None else [f".tag={tag}"]
        self.writer.write(b"".join(encode_sentence([words[0], *marks, *words[1:]]) for words in sentences))

    def _cancel(self) -> Sentences:
        """Every command is finished before the next is read, so there is never one to cancel."""
        return [["!done"]]

    # Logging in.

    def _login(self, command: Command) -> Sentences:
        name, given = command.arguments.get("name"), command.arguments
        if self.router.release < FIRST_WITH_PLAIN_LOGIN and "response" not in given:
            # The old generation does not even look at a password.
            return self._new_challenge()
        if "response" in given and self.router.release < FIRST_WITHOUT_CHALLENGE:
            return self._enter(name, self._response_fits(name, given["response"]), REFUSED_CHALLENGE)
        if "response" not in given and "password" not in given:
            return self._new_challenge()
        allowed = name is not None and self.router.may_log_in(name, given.get("password", ""))
        return self._enter(name, allowed and "response" not in given, REFUSED)

    def _new_challenge(self) -> Sentences:
        self.challenge = secrets.token_hex(16)
        return [["!done", f"=ret={self.challenge}"]]

    def _response_fits(self, name: str | None, response: str) -> bool:
        row = self.router.user(name or "")
        if row is None or not self.challenge:
            return False
        password = row.values.get("password", "")
        return response == challenge_response(password, self.challenge) and self.router.may_log_in(name, password)

    def _enter(self, name: str | None, allowed: bool, refusal: Trap) -> Sentences:
        if allowed:
            self.user = name
            return [["!done"]]
        self.failed_logins += 1
        if self.failed_logins >= LOGIN_ATTEMPTS:
            raise Fatal("too many commands before login")
        return [trapped(refusal), ["!done"]]
