"""What is counted and timed, for Prometheus. Every name begins with `alta_`; `docs/operations.md` lists them."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

RPC_SECONDS = Histogram(
    "alta_rpc_seconds",
    "Answering a command or a question, by how it ended: ok, a kind of refusal, or replayed",
    ["method", "outcome"],
    buckets=_QUICK,
)
RPC_DROPPED = Counter(
    "alta_rpc_dropped", "Requests that were not answered: expired, malformed, or the answer found no way", ["reason"]
)
WORKER_SECONDS = Histogram(
    "alta_worker_seconds", "A piece of work in a worker process, by how it ended", ["work", "outcome"]
)
TIMER_SECONDS = Histogram("alta_timer_seconds", "A run of what the clock starts, by how it ended", ["timer", "outcome"])
