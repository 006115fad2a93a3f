"""Work in processes of their own: bounded, replaceable, and green where threads are."""

import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from chassis.errors import Conflict, NotFound, Permanent, Transient
from chassis.workers import WorkerDied, WorkerPool, WorkerTimeout, WorkFailed
from tests.chassis.running import ROOT, eventually

TARGET = "tests.chassis.hard_work:work"


@pytest.fixture
def make_pool():
    pools = []

    def make(**options):
        pools.append(WorkerPool(TARGET, **{"timeout": 10.0, **options}))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def pid(pool):
    return pool.run({"do": "echo"})["pid"]


def is_alive(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_worker_answers_in_another_process_and_is_used_again(make_pool):
    pool = make_pool()
    assert pool.run({"do": "echo", "say": "ñandú"})["said"] == "ñandú"
    assert pid(pool) == pid(pool) != os.getpid()


def test_a_worker_knows_no_secret_of_the_environment(make_pool, monkeypatch):
    monkeypatch.setenv("ALTA_DATABASE_URL", "postgresql://alta:password@db/x")
    assert not [name for name in make_pool().run({"do": "echo"})["environment"] if name.startswith("ALTA")]


@pytest.mark.parametrize(
    ("what", "kind", "code"),
    [
        ("refusal", Conflict, "name-taken"),
        ("not-found", NotFound, "page-not-found"),
        ("transient", Transient, "router-offline"),
        ("permanent", Permanent, "no-such-plan"),
    ],
)
def test_what_it_raises_crosses(make_pool, what, kind, code):
    pool = make_pool()
    with pytest.raises(kind) as raised:
        pool.run({"do": "raise", "what": what})
    assert raised.value.code == code
    assert pid(pool)


def test_a_mistake_tells_its_traceback_and_the_worker_stays(make_pool):
    pool = make_pool()
    before = pid(pool)
    with pytest.raises(WorkFailed, match="LookupError: oops"):
        pool.run({"do": "raise", "what": "mistake"})
    assert pid(pool) == before


def test_what_takes_too_long_is_killed_and_the_next_work_is_done(make_pool):
    pool = make_pool(timeout=1.0)
    before = pid(pool)
    started = time.monotonic()
    with pytest.raises(WorkerTimeout) as raised:
        pool.run({"do": "sleep", "seconds": 60})
    assert time.monotonic() - started < 3 and raised.value.params["seconds"] == 1.0
    assert not is_alive(before)
    assert pid(pool) != before


def test_whoever_waits_hears_that_it_is_still_at_work(make_pool):
    heard = []
    pool = make_pool()
    assert pool.run({"do": "sleep", "seconds": 1.2}, meanwhile=lambda: heard.append(1))
    assert heard == [1]


def test_what_spins_is_killed_too(make_pool):
    with pytest.raises((WorkerTimeout, WorkerDied)):
        make_pool(timeout=1.0).run({"do": "spin"})


def test_what_needs_too_much_memory_ends_its_worker_alone(make_pool):
    pool = make_pool(memory_mb=200)
    assert pool.run({"do": "eat", "mb": 20})["size"]
    with pytest.raises(WorkerDied):
        pool.run({"do": "eat", "mb": 400})
    assert pid(pool)


@pytest.mark.parametrize("status", [0, 7])
def test_a_worker_that_ends_in_its_work_is_replaced(make_pool, status):
    pool = make_pool()
    pid(pool)
    with pytest.raises(WorkerDied):
        pool.run({"do": "die", "status": status})
    assert pid(pool)


def test_an_idle_worker_ends_and_another_takes_its_place(make_pool):
    pool = make_pool(idle_seconds=0.2)
    before = pid(pool)
    eventually(lambda: not is_alive(before))
    assert pid(pool) != before


def test_large_answers_come_whole(make_pool):
    assert len(make_pool().run({"do": "large", "size": 5_000_000})["text"]) == 5_000_000


def test_only_so_many_work_at_once(make_pool):
    pool, pids = make_pool(max_workers=2), []
    threads = [
        threading.Thread(target=lambda: pids.append(pool.run({"do": "sleep", "seconds": 0.2})["pid"])) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 6 and len(set(pids)) == 2


def test_a_worker_ends_when_its_parent_was_killed():
    script = f"""
        from chassis.workers import WorkerPool
        import os, signal
        print(WorkerPool({TARGET!r}).run({{"do": "echo"}})["pid"], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, check=False)
    eventually(lambda: not is_alive(int(done.stdout)))


def test_others_go_on_while_a_worker_works_under_eventlet():
    script = f"""
        import warnings; warnings.simplefilter("ignore")
        import eventlet; eventlet.monkey_patch()
        from chassis.workers import WorkerPool, WorkerTimeout
        ticks = []
        def tick():
            while True:
                eventlet.sleep(0.01); ticks.append(1)
        eventlet.spawn(tick)
        pool = WorkerPool({TARGET!r}, max_workers=2, timeout=5)
        jobs = [eventlet.spawn(pool.run, {{"do": "sleep", "seconds": 0.5}}) for _ in range(2)]
        assert len({{job.wait()["pid"] for job in jobs}}) == 2
        assert len(ticks) > 40, len(ticks)
        hasty = WorkerPool({TARGET!r}, timeout=1)
        try:
            hasty.run({{"do": "spin"}})
        except WorkerTimeout:
            print("ok")
        pool.close()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    assert done.stdout.endswith(b"ok\n"), done.stderr.decode()


def test_the_child_imports_no_more_than_it_needs(make_pool):
    modules = make_pool().run({"do": "modules"})["modules"]
    assert not {"sqlalchemy", "nameko", "eventlet", "pika"} & set(modules)
