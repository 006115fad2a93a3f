"""/live, /ready and /metrics over HTTP, for process managers, balancers and Prometheus.

One small server on a thread: a plain one, or a green one where eventlet has patched the threads.
It waits in `accept`, so that an idle process stays idle.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from chassis.storage import Database
from chassis.storage.dialect import BusyDatabase

REQUEST_SECONDS = 5
# Each says whether that part of the process can do its work now.
Checks = Mapping[str, Callable[[], bool]]

log = structlog.get_logger()


class HealthServer:
    """Serves on `listen` (host:port) until `close`. Ready when every check says so."""

    def __init__(self, listen: str, checks: Checks) -> None:
        host, _, port = listen.rpartition(":")
        self._server = _Server((host, int(port)), _Handler)
        self._server.checks = checks
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._serve, name="health", daemon=True).start()

    def close(self) -> None:
        self._server.closing = True
        with contextlib.suppress(OSError):
            self._server.socket.shutdown(2)  # wakes `accept`
        self._server.server_close()

    def _serve(self) -> None:
        while not self._server.closing:
            try:
                request, client = self._server.get_request()
            except OSError as error:
                if not self._server.closing:
                    log.warning("health-interrupted", error=repr(error))
                continue
            self._server.process_request(request, client)


def answers(database: Database) -> bool:
    """Whether the database does."""
    try:
        with database.read_unscoped() as session:
            session.connection().exec_driver_sql("SELECT 1")
    except (SQLAlchemyError, BusyDatabase) as error:
        log.warning("database-away", error=repr(error))
        return False
    return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    checks: Checks
    closing = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("health-request-failed", client=client_address, error=repr(sys.exc_info()[1]))


class _Handler(BaseHTTPRequestHandler):
    timeout = REQUEST_SECONDS
    server: _Server

    def do_GET(self) -> None:
        match self.path:
            case "/live":
                self._send(HTTPStatus.OK, b"alive", "text/plain")
            case "/ready":
                self._send_readiness()
            case "/metrics":
                self._send(HTTPStatus.OK, generate_latest(), CONTENT_TYPE_LATEST)
            case _:
                self._send(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def _send_readiness(self) -> None:
        found = {name: check() for name, check in self.server.checks.items()}
        ready = all(found.values())
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, orjson.dumps({"ready": ready, "checks": found}), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Polled every few seconds: not worth a line."""
