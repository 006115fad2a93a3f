"""supervisord, which starts a part that died at once: by itself it rests for a second between the two.

Source: supervisor 4.3, `Supervisor.runforever`: it notes who ended at the end of a round, and starts
them in the next, before which it waits up to a second for output or orders.
"""

from __future__ import annotations

from typing import Any

from supervisor import supervisord
from supervisor.options import ServerOptions


class Options(ServerOptions):
    def __init__(self) -> None:
        super().__init__()
        self._somebody_ended = False
        self._wait = self.poller.poll
        self.poller.poll = self._poll

    def waitpid(self) -> tuple[int | None, int | None]:
        pid, status = super().waitpid()
        self._somebody_ended = self._somebody_ended or bool(pid)
        return pid, status

    def _poll(self, seconds: float) -> Any:
        seconds, self._somebody_ended = 0 if self._somebody_ended else seconds, False
        return self._wait(seconds)


def main() -> None:
    options = Options()
    options.realize(doc=supervisord.__doc__)
    options.first, options.test = True, False
    supervisord.go(options)
    options.close_httpservers()
    options.close_logger()


if __name__ == "__main__":
    main()
