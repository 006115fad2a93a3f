"""One logged-in connection to a router."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import socket
import ssl
from collections.abc import Collection, Iterable, Mapping, Sequence

from librouteros.exceptions import FatalError, TrapError

from chassis.errors import Permanent, Transient
from services.provisioning.plan import Add, Change, Row, Set
from services.provisioning.routers.endpoint import Endpoint, Patience
from services.provisioning.routers.failures import CertificateUnknown, LoginRefused, refusal, translated
from services.provisioning.routers.wire import DeadlineTransport, TextApi, TolerantProtocol, challenge_response

Applied = str | Permanent | Transient | None

_LOGIN_REFUSALS = ("invalid user name or password", "cannot log in")


class Connection:
    """Commands by menu. Raises `Transient` or `Permanent`; after a `Transient` it is of no more use,
    except for `ChangedMeanwhile`, which is an answer like any other.
    """

    def __init__(self, endpoint: Endpoint, transport: DeadlineTransport, patience: Patience) -> None:
        self.endpoint = endpoint
        self.transport = transport
        self._api = TextApi(TolerantProtocol(transport))
        self._patience = patience
        self._command_seconds = patience.command or endpoint.command_seconds

    def rows(
        self, menu: str, properties: Iterable[str], *, any_of: Mapping[str, str | Collection[str]] | None = None
    ) -> list[Row]:
        """The rows of a menu that have one of the given values; all of them when none is given."""
        words = [f"=.proplist={','.join(properties)}"]
        asked = [f"?{name}={value}" for name, values in (any_of or {}).items() for value in _each(values)]
        for number, word in enumerate(asked):
            # Combined as they come: a router need not hold more than two results.
            words += [word, "?#|"] if number else [word]
        return [row for row in self._say(f"{menu}/print", *words) if row]

    def add(self, menu: str, values: Mapping[str, str]) -> str | None:
        """The new row's id; None from the rare router that does not tell it."""
        answer = self._say(f"{menu}/add", *_attributes(values))
        return answer[0]["ret"] if answer and "ret" in answer[0] else None

    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None:
        self._say(f"{menu}/set", f"=.id={row_id}", *_attributes(values))

    def remove(self, menu: str, row_id: str) -> None:
        self._say(f"{menu}/remove", f"=.id={row_id}")

    def apply_all(self, changes: Sequence[Change]) -> list[Applied]:
        """Changes that have nothing to do with each other, several under way at once; for each the new row's id, None,
        or why the router refuses it.

        Raises `Transient` when the outcome of some is not known.
        """
        with translated():
            return self._run_all([_command(change) for change in changes])

    def _run_all(self, commands: Sequence[list[str]]) -> list[Applied]:
        """A router that gets several commands answers them in any order: each has a tag.

        Source: MikroTik manual, "API", section "Tags".
        """
        outcomes: dict[str, Applied] = {}
        ended: set[str] = set()
        waiting = iter(enumerate(commands))
        for number, words in itertools.islice(waiting, self.endpoint.in_flight):
            self._send(number, words)
        while len(ended) < len(commands):
            self.transport.allow(self._command_seconds)
            reply, said = self._api.readSentence()
            tag = said.get(".tag", "")
            if reply == "!fatal":
                raise FatalError(" ".join(said))
            if reply == "!trap":
                outcomes[tag] = refusal(said.get("message", ""))
            if reply != "!done":
                continue
            ended.add(tag)
            outcomes.setdefault(tag, said.get("ret"))
            for number, words in itertools.islice(waiting, 1):
                self._send(number, words)
        return [outcomes[str(number)] for number in range(len(commands))]

    def _send(self, number: int, words: list[str]) -> None:
        self.transport.allow(self._command_seconds)
        self._api.protocol.writeSentence(*words, f".tag={number}")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.transport.close()

    def _say(self, command: str, *words: str, limit: float | None = None) -> list[dict[str, str]]:
        with translated():
            return self._run(command, *words, limit=limit or self._command_seconds)

    def _run(self, command: str, *words: str, limit: float) -> list[dict[str, str]]:
        self.transport.allow(limit)
        return list(self._api.rawCmd(command, *words))

    # Logging in.

    def log_in(self) -> None:
        """Either generation of login. Raises `LoginRefused` or `Transient`."""
        with translated():
            try:
                self._log_in()
            except TrapError as trap:
                if trap.message.startswith(_LOGIN_REFUSALS):
                    raise LoginRefused from trap
                raise

    def _log_in(self) -> None:
        user, password, limit = self.endpoint.username, self.endpoint.password, self._patience.login
        answer = self._run("/login", f"=name={user}", f"=password={password}", limit=limit)
        challenge = answer[0].get("ret") if answer else None
        if challenge:
            # A router before 6.43 says "done" to any password, and means that it waits for this.
            response = challenge_response(password, challenge)
            self._run("/login", f"=name={user}", f"=response={response}", limit=limit)


def _each(values: str | Collection[str]) -> Collection[str]:
    return (values,) if isinstance(values, str) else sorted(values)


def _command(change: Change) -> list[str]:
    if isinstance(change, Add):
        return [f"{change.menu}/add", *_attributes(change.values)]
    row = f"=.id={change.id}"
    if isinstance(change, Set):
        return [f"{change.menu}/set", row, *_attributes(change.values)]
    return [f"{change.menu}/remove", row]


def _attributes(values: Mapping[str, str]) -> list[str]:
    return [f"={name}={value}" for name, value in values.items()]


def open_connection(endpoint: Endpoint, patience: Patience | None = None) -> Connection:
    """Connects and logs in. Raises `Transient` or `Permanent`."""
    patience = patience or Patience()
    with translated():
        sock = _connected_socket(endpoint, patience)
    connection = Connection(endpoint, DeadlineTransport(sock), patience)
    try:
        connection.log_in()
    except BaseException:
        connection.close()
        raise
    return connection


def _connected_socket(endpoint: Endpoint, patience: Patience) -> socket.socket:
    sock = socket.create_connection((endpoint.address, endpoint.port), timeout=patience.connect)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        return _encrypted(sock, endpoint) if endpoint.tls else sock
    except BaseException:
        sock.close()
        raise


def _encrypted(sock: socket.socket, endpoint: Endpoint) -> ssl.SSLSocket:
    """Raises `CertificateUnknown` before anything secret is sent."""
    context = ssl.create_default_context()
    if endpoint.certificate_sha256:
        # The pin says which certificate it is; who issued it does not matter then.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        wrapped = context.wrap_socket(sock, server_hostname=endpoint.address)
    except ssl.SSLCertVerificationError as error:
        raise CertificateUnknown(_fingerprint_of(endpoint)) from error
    certificate = wrapped.getpeercert(binary_form=True) or b""
    fingerprint = hashlib.sha256(certificate).hexdigest()
    if endpoint.certificate_sha256 and fingerprint != endpoint.certificate_sha256:
        wrapped.close()
        raise CertificateUnknown(fingerprint)
    return wrapped


def _fingerprint_of(endpoint: Endpoint) -> str | None:
    """What to pin, for a person to compare; None when the router does not say it again."""
    try:
        pem = ssl.get_server_certificate((endpoint.address, endpoint.port), timeout=5)
    except OSError:
        return None
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
