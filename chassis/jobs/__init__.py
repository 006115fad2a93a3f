"""Work outside a transaction: asked for in one, done by a runner, its end committed in another."""

from chassis.jobs.queue import Job, enqueue, enqueue_all, hurry, is_pending
from chassis.jobs.runner import Together

__all__ = ["Job", "Together", "enqueue", "enqueue_all", "hurry", "is_pending"]
