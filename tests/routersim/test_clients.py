"""Two clients that have nothing in common but the protocol hear the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import librouteros
import pytest
import routeros
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from librouteros.exceptions import TrapError
from routeros.errors import DeviceError

from tests.simulator import PASSWORD, USER, SimulatedRouter, simulated_router

Words = list[str]


@pytest.fixture(scope="module")
def twins() -> Iterator[tuple[SimulatedRouter, SimulatedRouter]]:
    with simulated_router() as one, simulated_router() as other:
        yield one, other


class Strings(librouteros.api.Api):
    """librouteros makes numbers and booleans of values; the wire has only text."""

    def readSentence(self) -> tuple[str, dict[str, str]]:  # noqa: N802 - the library's name
        reply, words = self.protocol.readSentence()
        return reply, dict(word[1:].split("=", 1) for word in words)


def through_librouteros(router: SimulatedRouter) -> Callable[[Words], object]:
    api = librouteros.connect(
        router.host, USER, PASSWORD, port=router.port, encoding="utf-8", subclass=Strings, timeout=5
    )

    def run(words: Words) -> object:
        try:
            return [row for row in api.rawCmd(*words) if "ret" not in row]
        except TrapError as trap:
            return trap.message

    return run


def through_routeros_py(router: SimulatedRouter) -> Callable[[Words], object]:
    client = routeros.dial(f"{router.host}:{router.port}", USER, PASSWORD)
    client.async_start()  # tags every sentence

    def run(words: Words) -> object:
        try:
            return [dict(sentence.map) for sentence in client.run_args(words).re]
        except DeviceError as refused:
            return refused.sentence.map["message"]

    return run


names = st.sampled_from(["ana", "eva", "Peña", "alta-10M-2M", ""])
attributes = st.one_of(
    st.builds("=name={}".format, names),
    st.builds("=target={}".format, st.sampled_from(["10.0.0.5", "10.0.0.0/24", "ether1", "nowhere"])),
    st.builds("=max-limit={}".format, st.sampled_from(["10M/2M", "0/0", "1k/1k", "10M"])),
    st.builds("=profile={}".format, st.sampled_from(["default", "alta-10M-2M", "nope"])),
    st.builds("=comment={}".format, st.sampled_from(["", "alta:1", "no", "123"])),
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(commands, max_size=12))
def test_the_same_commands_get_the_same_answers(
    twins: tuple[SimulatedRouter, SimulatedRouter], said: list[Words]
) -> None:
    left, right = through_librouteros(twins[0]), through_routeros_py(twins[1])
    assert [left(words) for words in said] == [right(words) for words in said]


def test_a_client_that_tags_gets_its_own_answers_back(twins: tuple[SimulatedRouter, SimulatedRouter]) -> None:
    run = through_routeros_py(twins[0])
    assert run(["/system/identity/print"]) == [{"name": "MikroTik"}]
