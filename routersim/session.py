"""One connection: logging in, then commands, several at once when the client sends them so."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from hashlib import md5
from hmac import compare_digest

from routersim.faults import Dropped, Faults
from routersim.framing import ENCODING, ODD_BYTES, Decoder, Unreadable, encode_sentence
from routersim.listening import LOOK_AGAIN, Listening
from routersim.recording import RecordingRouter
from routersim.replies import DONE, INTERRUPTED, SLICE, Sentence, Sentences, refused, slices, trapped
from routersim.router import Command
from routersim.values import Trap

LOGIN_ATTEMPTS = 5
REFUSED = Trap("invalid user name or password (6)")
REFUSED_CHALLENGE = Trap("cannot log in")


class Fatal(Exception):
    """The router says one last word and closes."""


def challenge_response(password: str, challenge: str) -> str:
    """The answer to a login challenge as routers before 6.43 wanted it."""
    secret = b"\x00" + password.encode(ENCODING, ODD_BYTES) + bytes.fromhex(challenge)
    return "00" + md5(secret, usedforsecurity=False).hexdigest()


class Login:
    """Who is behind a connection."""

    def __init__(self, router: RecordingRouter, faults: Faults) -> None:
        self.router = router
        self.faults = faults
        self.user: str | None = None
        self._challenge = ""
        self._failed = 0

    def answer(self, command: Command) -> Sentences:
        """Raises `Fatal` at the fifth wrong attempt."""
        given, version = command.arguments, self.router.version
        if "response" not in given and (not version.takes_passwords or "password" not in given):
            # The old generation does not even look at a password.
            return self._new_challenge()
        name = given.get("name")
        if "response" not in given:
            allowed = name is not None and self.router.may_log_in(name, given["password"])
            return self._enter(name, allowed, REFUSED)
        if not version.takes_responses:
            return self._enter(name, False, REFUSED)
        return self._enter(name, self._response_fits(name, given["response"]), REFUSED_CHALLENGE)

    def _new_challenge(self) -> Sentences:
        self._challenge = secrets.token_hex(16)
        return [["!done", f"=ret={self._challenge}"]]

    def _response_fits(self, name: str | None, response: str) -> bool:
        row = self.router.user(name or "")
        if row is None or not self._challenge:
            return False
        password = row.values.get("password", "")
        expected = challenge_response(password, self._challenge)
        return compare_digest(response.encode(ENCODING, ODD_BYTES), expected.encode()) and self.router.may_log_in(
            name, password
        )

    def _enter(self, name: str | None, allowed: bool, refusal: Trap) -> Sentences:
        if allowed and not self.faults.refuses(name):
            self.user = name
            return [DONE]
        self._failed += 1
        if self._failed >= LOGIN_ATTEMPTS:
            raise Fatal("too many commands before login")
        return refused(refusal)


@dataclass(frozen=True)
class Running:
    """A command that is not answered to the end yet."""

    tag: str | None
    task: asyncio.Task[None]
    # Goes on until it is interrupted.
    endless: bool


class Session:
    """Commands are applied in the order they come. Long answers are sent in slices, so that short ones go between."""

    def __init__(self, router: RecordingRouter, faults: Faults, writer: asyncio.StreamWriter, number: int = 1) -> None:
        self.router = router
        self.faults = faults
        self.number = number
        self.writer = writer
        self.login = Login(router, faults)
        self._running: dict[int, Running] = {}
        self._numbers = itertools.count()

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Until the client leaves, a fault ends it, or it says what cannot be understood."""
        decoder = Decoder()
        try:
            while data := await reader.read(1 << 16):
                for sentence in decoder.feed(data):
                    await self._take(Command.parse(sentence))
                await self.writer.drain()
            await self._finish()
        except (Dropped, Unreadable, ConnectionError):
            self.writer.transport.abort()
        except Fatal as last_word:
            self.writer.write(encode_sentence(["!fatal", str(last_word)]))
        finally:
            self.writer.close()
            await self._finish()

    async def _finish(self) -> None:
        """What the router has in work it ends, whether the client is still there or not."""
        self._interrupt(lambda running: running.endless)
        if self._running:
            await asyncio.wait([running.task for running in self._running.values()])

    def abandon(self) -> None:
        """The power is off: nothing is finished."""
        self._interrupt(lambda running: True)
        self.writer.transport.abort()

    # Commands.

    async def _take(self, command: Command) -> None:
        if command.full == "/login":
            await self._log_in(command)
        elif self.login.user is None:
            raise Fatal("not logged in")
        elif command.full == "/quit":
            raise Fatal("session terminated on request")
        elif command.full == "/cancel" and not self.faults.hangs(command, self.number):
            self._cancel(command)
        elif command.verb == "listen":
            self._start(command.tag, partial(self._listen, command), endless=True)
        elif self._running or not self.faults.harmless:
            self._start(command.tag, partial(self._answer, command))
        else:
            self._answer_at_once(command)

    async def _log_in(self, command: Command) -> None:
        async with self.faults.work(command, self.number, lambda: 0):
            replies = self.login.answer(command)
        self._send(replies, command.tag)

    def _answer_at_once(self, command: Command) -> None:
        replies = self.router.answer(command, self.login.user)
        if len(replies) <= SLICE:
            self._send(replies, command.tag)
        else:
            self._start(command.tag, partial(self._send_in_slices, replies, command.tag))

    async def _answer(self, command: Command) -> None:
        async with self.faults.work(command, self.number, lambda: self.router.rows_in(command.path)):
            replies = self.router.answer(command, self.login.user)
        await self._send_in_slices(replies, command.tag)

    async def _listen(self, command: Command) -> None:
        async with self.faults.work(command, self.number, lambda: self.router.rows_in(command.path)):
            listening = self._begin_to_listen(command)
        while listening is not None:
            await self.router.changed(LOOK_AGAIN)
            await self._send_in_slices(listening.changes(), command.tag)

    def _begin_to_listen(self, command: Command) -> Listening | None:
        try:
            return self.router.listen(command, self.login.user)
        except Trap as error:
            self._send(refused(error), command.tag)
            return None

    # Several at once.

    def _start(self, tag: str | None, answer: Callable[[], Awaitable[None]], *, endless: bool = False) -> None:
        number = next(self._numbers)
        task = asyncio.create_task(self._to_the_end(answer))
        task.add_done_callback(lambda task: self._running.pop(number, None))
        self._running[number] = Running(tag, task, endless)

    async def _to_the_end(self, answer: Callable[[], Awaitable[None]]) -> None:
        try:
            await answer()
        except Dropped:
            self.abandon()
        except ConnectionError:
            self.writer.transport.abort()

    def _interrupt(self, which: Callable[[Running], bool]) -> list[Running]:
        interrupted = {number: running for number, running in self._running.items() if which(running)}
        for number, running in interrupted.items():
            del self._running[number]
            running.task.cancel()
        return list(interrupted.values())

    def _cancel(self, command: Command) -> None:
        """The order of the answers is that of a router: what was interrupted, the cancel's own end, the other's end."""
        wanted = command.arguments.get("tag")
        interrupted = self._interrupt(lambda running: wanted in (None, running.tag))
        for running in interrupted:
            self._send([trapped(INTERRUPTED)], running.tag)
        self._send([DONE], command.tag)
        for running in interrupted:
            self._send([DONE], running.tag)

    # Sending.

    def _send(self, sentences: Sentences, tag: str | None) -> None:
        self.writer.write(b"".join(encode_sentence(_tagged(words, tag)) for words in sentences))

    async def _send_in_slices(self, sentences: Sentences, tag: str | None) -> None:
        for part in slices(sentences):
            self._send(part, tag)
            await self.writer.drain()
            await asyncio.sleep(0)


def _tagged(words: Sentence, tag: str | None) -> Sentence:
    return [words[0], *([f".tag={tag}"] if tag else []), *words[1:]]
