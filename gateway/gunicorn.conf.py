"""gunicorn as the gateway runs it: threads, because a page mostly waits for services."""

import gc
import os

bind = os.environ.get("ALTA_LISTEN", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("ALTA_GATEWAY_WORKERS", "1"))
threads = int(os.environ.get("ALTA_GATEWAY_THREADS", "8"))
timeout = 60
graceful_timeout = 15
accesslog = None  # the application writes one line per request, without the secrets in paths


def post_worker_init(worker):
    """Each worker hears events and delivers kept commands; the inbox makes sure that it happens once."""
    worker.wsgi.extensions["alta"].start()
    gc.freeze()  # what is here now stays; nobody need look through it again


def worker_exit(_server, worker):
    worker.wsgi.extensions["alta"].stop()
