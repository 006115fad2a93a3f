"""Three clients that have nothing in common but the protocol hear the same answers, in plain and over TLS."""

from __future__ import annotations

import contextlib
import importlib.util
import ssl
from collections.abc import Callable, Iterator

import librouteros
import pytest
import routeros
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from librouteros.exceptions import TrapError
from librouteros.login import plain, token
from routeros.errors import DeviceError

from tests.routersim.certificates import write_certificate
from tests.simulator import PASSWORD, USER, SimulatedRouter, simulated_router

# In the lock, and not yet in every environment.
routeros_api = importlib.import_module("routeros_api") if importlib.util.find_spec("routeros_api") else None

Words = list[str]
# The rows that a command gave, or the router's words when it was refused.
Answer = list[dict[str, str]] | str
Client = Callable[[Words], Answer]


class Strings(librouteros.api.Api):
    """librouteros makes numbers and booleans of values; the wire has only text."""

    def readSentence(self) -> tuple[str, dict[str, str]]:  # noqa: N802 - the library's name
        reply, words = self.protocol.readSentence()
        return reply, dict(word[1:].split("=", 1) for word in words)


@contextlib.contextmanager
def through_librouteros(
    router: SimulatedRouter, trusted: ssl.SSLContext | None, *, password: str = PASSWORD, old: bool = False
) -> Iterator[Client]:
    secured = {} if trusted is None else {"ssl_wrapper": lambda s: trusted.wrap_socket(s, server_hostname=router.host)}
    api = librouteros.connect(
        router.host,
        USER,
        password,
        port=router.tls_port if trusted else router.port,
        encoding="utf-8",
        subclass=Strings,
        timeout=5,
        login_method=token if old else plain,
        **secured,
    )

    def run(words: Words) -> Answer:
        try:
            return [row for row in api.rawCmd(*words) if "ret" not in row]
        except TrapError as trap:
            return trap.message

    with contextlib.closing(api):
        yield run


@contextlib.contextmanager
def through_routeros_py(
    router: SimulatedRouter, trusted: ssl.SSLContext | None, *, password: str = PASSWORD, old: bool = False
) -> Iterator[Client]:
    """Finds out by itself which login the router wants, and tags every sentence.

    Not over TLS: its reading thread would keep the connection open.
    """
    if trusted is None:
        client = routeros.dial(f"{router.host}:{router.port}", USER, password)
    else:
        client = routeros.dial_tls(f"{router.host}:{router.tls_port}", USER, password, tls_context=trusted)

    def run(words: Words) -> Answer:
        try:
            return [dict(sentence.map) for sentence in client.run_args(words).re]
        except DeviceError as refused:
            return refused.sentence.map["message"]

    with client:
        if trusted is None:
            client.async_start()
        yield run


class Query:
    """Query words in their order; this client's own keep none."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def get_api_format(self) -> list[bytes]:
        return [word.encode() for word in self._words]


@contextlib.contextmanager
def through_routeros_api(
    router: SimulatedRouter, trusted: ssl.SSLContext | None, *, password: str = PASSWORD, old: bool = False
) -> Iterator[Client]:
    """Tags every sentence, the login's too, and leaves the second equals sign away when a value is empty."""
    pool = routeros_api.RouterOsApiPool(
        router.host,
        USER,
        password,
        port=router.tls_port if trusted else router.port,
        plaintext_login=not old,
        ssl_context=trusted,
    )
    api = pool.get_api()

    def run(words: Words) -> Answer:
        path, _, command = words[0].rpartition("/")
        given = dict(word[1:].split("=", 1) for word in words[1:] if word.startswith("="))
        arguments = {name: value.encode() for name, value in given.items()}
        queries = [word for word in words[1:] if word.startswith("?")]
        try:
            rows = api.get_binary_resource(path).call(command, arguments, None, [Query(queries)] if queries else ())
        except routeros_api.exceptions.RouterOsApiCommunicationError as refused:
            return refused.original_message.decode()
        return [{".id" if name == "id" else name: value.decode() for name, value in row.items()} for row in rows]

    with contextlib.ExitStack() as stack:
        stack.callback(pool.disconnect)
        yield run


Through = Callable[..., contextlib.AbstractContextManager[Client]]
CLIENTS: list[Through] = [
    through_librouteros,
    through_routeros_py,
    *([through_routeros_api] if routeros_api else []),
]

names = st.sampled_from(["ana", "eva", "Peña", "alta-10M-2M", ""])
attributes = st.one_of(
    st.builds("=name={}".format, names),
    st.builds("=target={}".format, st.sampled_from(["10.0.0.5", "10.0.0.0/24", "ether1", "nowhere"])),
    st.builds("=max-limit={}".format, st.sampled_from(["10M/2M", "0/0", "1k/1k", "10M"])),
    st.builds("=profile={}".format, st.sampled_from(["default", "alta-10M-2M", "nope"])),
    st.builds("=comment={}".format, st.sampled_from(["", "alta:1", "no", "123", "two\nlines", "x=y"])),
    st.builds("=disabled={}".format, st.sampled_from(["yes", "false", "x"])),
    st.builds("=.id={}".format, st.sampled_from(["*1", "*2", "*3", "ana"])),
    st.sampled_from(["?disabled=yes", "?comment", "?#!", "?name=ana", "=.proplist=name,comment"]),
)
commands = st.builds(
    lambda menu, verb, words: [f"{menu}/{verb}", *words],
    st.sampled_from(["/queue/simple", "/ppp/secret", "/ppp/profile", "/nothing"]),
    st.sampled_from(["add", "set", "print", "remove", "disable", "unset"]),
    st.lists(attributes, max_size=4),
)


@pytest.fixture(scope="module")
def routers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[SimulatedRouter]]:
    """One for each client; every one hears the same commands, so that all hold the same."""
    certificate, key = write_certificate(tmp_path_factory.mktemp("tls"))
    secured = ("--listen", "127.0.0.1:0+0", "--certificate", str(certificate), "--key", str(key))
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(simulated_router(*secured)) for _ in CLIENTS]


def trusting(router: SimulatedRouter) -> ssl.SSLContext:
    """Trusts the router's certificate, as somebody does who has compared the fingerprint."""
    pem = ssl.get_server_certificate((router.host, router.tls_port))
    return ssl.create_default_context(cadata=pem)


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "tls"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(commands, max_size=12))
def test_the_same_commands_get_the_same_answers(
    routers: list[SimulatedRouter], secured: bool, said: list[Words]
) -> None:
    heard = []
    for router, through in zip(routers, CLIENTS, strict=True):
        with through(router, trusting(router) if secured else None) as run:
            heard.append([run(words) for words in said])
    assert all(answers == heard[0] for answers in heard)


@pytest.mark.parametrize("through", CLIENTS)
@pytest.mark.parametrize("version", ["6.33.6", "6.49.10", "7.10.2", "7.18.2", "7.21.4"])
def test_every_client_logs_in_to_every_version(through: Through, version: str) -> None:
    with (
        simulated_router("--version", version, "--password", "ascii") as router,
        through(router, None, password="ascii", old=version.startswith("6.33")) as run,
    ):
        assert run(["/queue/simple/print"]) == []
        assert run(["/ppp/secret/add", "=name=ana"]) == []
        assert [row["name"] for row in run(["/ppp/secret/print"])] == ["ana"]
        assert run(["/ppp/secret/add", "=name=ana"]) == "failure: secret with the same name already exists"


def test_a_client_hears_what_changes_until_it_says_enough(routers: list[SimulatedRouter]) -> None:
    with routeros.dial(f"{routers[0].host}:{routers[0].port}", USER, PASSWORD) as client:
        heard = client.listen("/ip/pool/listen")
        added = client.run("/ip/pool/add", "=name=listened", "=ranges=10.0.0.1").done.map["ret"]
        assert heard.chan().get(timeout=5).map["name"] == "listened"
        client.run("/ip/pool/remove", f"=.id={added}")
        assert heard.chan().get(timeout=5).map == {".id": added, ".dead": "true"}
        heard.cancel()
        assert list(heard) == []
