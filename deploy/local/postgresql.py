"""A private PostgreSQL cluster on the loopback interface, for tests and measurements.

PostgreSQL refuses to run as root; as root, its programs run as an unprivileged user who owns
the cluster's directory.
"""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

# Tests may lose a database with the machine, and need none of these guarantees.
WITHOUT_DURABILITY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServerMissing(Exception):
    """PostgreSQL's server programs are not installed on this machine."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    directory: Path
    port: int
    settings: Sequence[str] = ()

    @property
    def url(self) -> str:
        """The administrator's address; the name of a database is added to it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Creates the cluster where there is none, and returns when it accepts connections."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.directory, _unprivileged_user())
        if not (self.directory / "data" / "PG_VERSION").exists():
            options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres", "--no-sync"]
            self._run("initdb", *options, "-D", self._data)
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.directory / "log"), "-o", self._options(), "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    @property
    def _data(self) -> str:
        return str(self.directory / "data")

    def _options(self) -> str:
        settings = ["listen_addresses=127.0.0.1", "max_connections=300", *self.settings]
        return " ".join([f"-p {self.port} -k {self.directory}", *(f"-c {setting}" for setting in settings)])

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_unprivileged(), _program(program), *arguments]
        # pg_ctl leaves the server behind with our descriptors: a pipe would never see its end.
        with (self.directory / "set-up.log").open("a+b") as log:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", check=False)
            if done.returncode != 0:
                log.seek(0)
                raise OSError(f"{program} failed:\n{log.read().decode(errors='replace')[-2000:]}")


@contextlib.contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def _program(name: str) -> str:
    """The newest installed one; Debian keeps server programs out of the PATH."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]), reverse=True)
    for path in [*(f"{folder}/{name}" for folder in folders), shutil.which(name)]:
        if path and os.access(path, os.X_OK):
            return path
    raise ServerMissing("PostgreSQL is not installed: apt-get install postgresql")


def _as_unprivileged() -> list[str]:
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(_unprivileged_user())
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _unprivileged_user() -> str:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"
