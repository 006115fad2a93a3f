"""The installations service's jobs of imports in a process of their own, to be killed."""

from __future__ import annotations

import os
import signal

from chassis.jobs.runner import JobRunner, Work
from services.installations.imports import steering
from services.installations.service import Installations
from services.installations.settings import InstallationsSettings


def main() -> None:
    service = Installations(InstallationsSettings.load(os.environ))
    works = [Work(steering.RUN, service.work_on_import, None), Work(steering.UNDO, service.take_back_import, None)]
    runner = JobRunner(service.database, works)
    signal.signal(signal.SIGTERM, lambda *_: runner.stop())
    runner.run()
    service.close()


if __name__ == "__main__":
    main()
