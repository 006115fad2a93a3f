"""Work outside a transaction: asked for in one, done by a runner, its end committed in another."""

from chassis.jobs.queue import Job, enqueue, hurry

__all__ = ["Job", "enqueue", "hurry"]
