"""What is between a phone and Alta on the road: a way that breaks, at once or just before an answer comes back."""

from __future__ import annotations

import contextlib
import socket
import threading

ACT = b"POST /campo/trabajos"
PIECE = 65_536


class Signal:
    """Takes connections on to a port of this machine, while there is signal."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._there = True
        self._losing: list[bytes] = []
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._there = False
        for each in list(self._open):
            _end(each)

    def back(self, *, losing: tuple[str, ...] = ()) -> None:
        """`losing`: of one act of each of these kinds the server hears, and the phone never hears that it did."""
        self._losing = [f"/{kind} ".encode() for kind in losing]
        self._there = True

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._listening.accept()
                if self._there:
                    self._take_on(phone)
                else:
                    _end(phone)

    def _take_on(self, phone: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._port))
        self._open |= {phone, server}
        loses = threading.Event()
        for pump in (self._forth, self._back):
            threading.Thread(target=pump, args=(phone, server, loses), daemon=True).start()

    def _forth(self, phone: socket.socket, server: socket.socket, loses: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while said := phone.recv(PIECE):
                if self._is_to_lose(said.partition(b"\r\n")[0]):
                    loses.set()
                server.sendall(said)
        self._part(phone, server)

    def _is_to_lose(self, line: bytes) -> bool:
        kind = next((kind for kind in self._losing if line.startswith(ACT) and kind in line), None)
        if kind is not None:
            self._losing.remove(kind)
        return kind is not None

    def _back(self, phone: socket.socket, server: socket.socket, loses: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while said := server.recv(PIECE):
                if loses.is_set():
                    self.lost += 1
                    break
                phone.sendall(said)
        self._part(phone, server)

    def _part(self, *ends: socket.socket) -> None:
        for each in ends:
            _end(each)
        self._open -= set(ends)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
