"""python -m alta.mailbox --smtp 127.0.0.1:2525 --http 127.0.0.1:8025 --file var/mailbox.sqlite3"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from types import FrameType

from alta.mailbox.smtp import smtp_server
from alta.mailbox.store import Mailbox
from alta.mailbox.web import MailboxServer


def main() -> None:
    asked = _arguments()
    mailbox = Mailbox(asked.file)
    smtp = smtp_server(mailbox, *asked.smtp)
    web = MailboxServer(asked.http, mailbox)
    smtp.start()
    stop_on_signal(web)
    print(f"mailbox: smtp {asked.smtp[0]}:{asked.smtp[1]}, http {asked.http[0]}:{asked.http[1]}", file=sys.stderr)
    web.serve_forever()
    smtp.stop()
    mailbox.close()


def stop_on_signal(web: MailboxServer) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        # `shutdown` waits for the loop that this handler interrupts.
        threading.Thread(target=web.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m alta.mailbox", description="A mail server that delivers nowhere.")
    parser.add_argument("--smtp", type=_address, required=True, metavar="HOST:PORT")
    parser.add_argument("--http", type=_address, required=True, metavar="HOST:PORT")
    parser.add_argument("--file", required=True, metavar="PATH", help="the SQLite file that keeps the mail")
    return parser.parse_args()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    main()
