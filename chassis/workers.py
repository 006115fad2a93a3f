"""CPU-heavy and dangerous work in processes of their own: bounded in time and memory, ended when idle.

A worker is `python -m chassis.worker module:function`, started by exec when it is needed. It can be
killed without harm to anybody else, and knows nothing of the parent's environment but where its
programs are. Requests and answers are JSON over a socket pair, each after its length in four bytes;
a socket waits green under eventlet and plain elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
import structlog

from chassis import metrics
from chassis.errors import Permanent, Transient, from_dict

LENGTH = struct.Struct(">I")
SECOND = 1.0
LONGEST = 16 * 1024 * 1024  # bytes of a request or an answer; files travel by path
# What a worker may know of the surroundings. No addresses, no keys.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "XDG_CACHE_HOME", "FONTCONFIG_FILE")

log = structlog.get_logger()


class WorkerTimeout(Transient):
    """No answer in time; the worker was killed."""


class WorkerDied(Transient):
    """The worker ended in the middle of the work: out of memory, out of CPU time, or crashed."""


class WorkFailed(Exception):
    """The function raised what it should not have; the message is the worker's traceback."""


class WorkerPool:
    """Runs `target` ("module:function", a dict to a dict) in at most `max_workers` processes.

    `timeout` and `idle_seconds` in seconds; `memory_mb` bounds the address space of each.
    """

    def __init__(
        self,
        target: str,
        *,
        max_workers: int = 1,
        idle_seconds: float = 60.0,
        timeout: float = 30.0,
        memory_mb: int = 512,
    ) -> None:
        self._target = target
        self._options = [str(memory_mb), str(int(timeout) + 1), str(idle_seconds)]
        self._timeout = timeout
        self._free = threading.BoundedSemaphore(max_workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []

    def run(self, payload: dict[str, Any], meanwhile: Callable[[], None] | None = None) -> dict[str, Any]:
        """What the function returns; `meanwhile` is called once a second while it works.

        Raises what it raised of `chassis.errors`, `WorkerTimeout`, `WorkerDied`, and `WorkFailed` for anything else.
        """
        ends = time.monotonic() + self._timeout
        if not self._free.acquire(timeout=self._timeout):
            raise WorkerTimeout("workers-busy", work=self._target)
        started, outcome = time.perf_counter(), "failed"
        try:
            answer = self._ask(payload, ends, meanwhile)
            outcome = next(iter(answer))
        except (WorkerTimeout, WorkerDied) as error:
            outcome = error.code
            raise
        finally:
            self._free.release()
            metrics.WORKER_SECONDS.labels(self._target, outcome).observe(time.perf_counter() - started)
        return _read(answer)

    def close(self) -> None:
        """Ends the idle workers; those at work end when they are done and find nobody there."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def _ask(self, payload: dict[str, Any], ends: float, meanwhile: Callable[[], None] | None) -> dict[str, Any]:
        request = orjson.dumps(payload)
        worker = self._take_idle()
        if worker is not None:
            with contextlib.suppress(_Gone):
                return self._ask_worker(worker, request, ends, meanwhile)
        try:
            return self._ask_worker(_Worker(self._target, self._options), request, ends, meanwhile)
        except _Gone as gone:
            raise WorkerDied("worker-died", work=self._target, status=gone.status) from gone

    def _ask_worker(
        self, worker: _Worker, request: bytes, ends: float, meanwhile: Callable[[], None] | None
    ) -> dict[str, Any]:
        """Raises `_Gone` when the worker had ended before it took the request."""
        try:
            answer = worker.ask(request, ends, meanwhile)
        except TimeoutError:
            worker.end()
            log.warning("worker-timeout", work=self._target, seconds=self._timeout)
            raise WorkerTimeout("worker-timeout", work=self._target, seconds=self._timeout) from None
        except (OSError, EOFError) as error:
            status = worker.end()
            if status == 0:
                raise _Gone(status) from error
            log.warning("worker-died", work=self._target, status=status)
            raise WorkerDied("worker-died", work=self._target, status=status) from error
        except BaseException:
            worker.end()
            raise
        with self._lock:
            self._idle.append(worker)
        return answer

    def _take_idle(self) -> _Worker | None:
        with self._lock:
            return self._idle.pop() if self._idle else None


class _Gone(Exception):
    """The worker had ended itself, as idle ones do."""

    def __init__(self, status: int) -> None:
        self.status = status


class _Worker:
    """One process and our end of its socket."""

    def __init__(self, target: str, options: list[str]) -> None:
        self._socket, theirs = socket.socketpair()
        with contextlib.closing(theirs):
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chassis.worker", target, *options],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _PASSED if name in os.environ} | {"MALLOC_ARENA_MAX": "2"},
            )

    def ask(self, request: bytes, ends: float, meanwhile: Callable[[], None] | None) -> dict[str, Any]:
        """Raises `TimeoutError`, and `OSError` or `EOFError` when the worker is gone."""
        self._wait_until(ends)
        self._socket.sendall(LENGTH.pack(len(request)) + request)
        if meanwhile is not None:
            self._until_it_answers(ends, meanwhile)
        (length,) = LENGTH.unpack(self._receive(LENGTH.size, ends))
        return orjson.loads(self._receive(length, ends))

    def end(self) -> int:
        """Its exit status: 0 when it had ended by itself, negative for a signal."""
        self._socket.close()
        if self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._process.wait(0.2)  # it ends when it finds nobody there
            self._process.send_signal(signal.SIGKILL)
        return self._process.wait()

    def _until_it_answers(self, ends: float, meanwhile: Callable[[], None]) -> None:
        while (left := ends - time.monotonic()) > 0:
            self._socket.settimeout(min(left, SECOND))
            try:
                self._socket.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                meanwhile()
            else:
                return

    def _receive(self, count: int, ends: float) -> bytes:
        if count > LONGEST:
            raise OSError(f"an answer of {count} bytes")
        parts: list[bytes] = []
        while count:
            self._wait_until(ends)
            part = self._socket.recv(count)
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _wait_until(self, ends: float) -> None:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def _read(answer: dict[str, Any]) -> dict[str, Any]:
    match answer:
        case {"result": result}:
            return result
        case {"refusal": error}:
            raise from_dict(error)
        case {"transient": error}:
            raise Transient(error["code"], **error["params"])
        case {"permanent": error}:
            raise Permanent(error["code"], **error["params"])
    raise WorkFailed(answer["failure"])
