"""`python -m tests.chassis.hearing`: a consumer of parcels, in a process that can be killed.

Its handler makes a row of a new id for each event, so that an effect that happens twice is seen.
"""

from __future__ import annotations

import os
import signal

from chassis.inbox import Handler
from chassis.inbox.consumer import EventConsumer
from chassis.storage import Database
from tests.chassis.parcels import ParcelSent, a_parcel

QUEUE = "parcels.on_parcel_sent"
KILLER = "kills the process"
MISTAKE = "raises"


def receive(session, event):
    if event.name == KILLER:
        os._exit(9)
    if event.name == MISTAKE:
        raise LookupError("no such parcel")
    session.add(a_parcel(name=event.name))


HANDLER = Handler(QUEUE, ParcelSent, receive)


def main() -> None:
    database = Database(os.environ["ALTA_DATABASE_URL"])
    consumer = EventConsumer(os.environ["ALTA_AMQP_URI"], database, [HANDLER], publisher="parcels")
    signal.signal(signal.SIGTERM, lambda *_: consumer.stop())
    consumer.run()


if __name__ == "__main__":
    main()
