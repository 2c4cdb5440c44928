"""Worker processes: every way in which a job can go wrong costs that job alone."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import psutil
import pytest
import worker_jobs as jobs

from ingest import errors
from ingest.workers import child as worker_child
from ingest.workers.pool import WorkerPolicy, WorkerPool, WorkerUnavailable

URL = "https://example.org/feed.xml"
TESTS = Path(__file__).parent

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="a limit that only Linux keeps")


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(WorkerPolicy(workers=1, memory_bytes=256 << 20, deadline=60)) as pool:
        yield pool


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def forked(pid: int) -> list[psutil.Process]:
    """The workers of a process: the children of the server that they are forked from."""
    (server,) = psutil.Process(pid).children()
    return list(server.children())


def assert_still_useful(pool: WorkerPool) -> None:
    assert pool.submit(jobs.add, 20, url=URL, right=3).result(60) == 23


def test_a_job_returns_its_result(pool: WorkerPool) -> None:
    assert pool.submit(jobs.add, 1, url=URL, right=2).result(60) == 3


def test_large_arguments_and_results_pass(pool: WorkerPool) -> None:
    body = os.urandom(1 << 20) * 20
    assert pool.submit(jobs.length, body, url=URL).result(60) == len(body)
    assert pool.submit(jobs.echo, body, url=URL).result(60) == body
    assert_still_useful(pool)


@pytest.mark.parametrize(
    ("function", "args", "kind", "says"),
    [
        (jobs.refuse, ("not a feed", "https://other.example/"), errors.NotAFeed, "not a feed"),
        (jobs.raise_foreign, ("x" * 10_000,), errors.ParseFailed, "LookupError: xxx"),
        (jobs.raise_foreign, ("",), errors.ParseFailed, "raised LookupError"),
        (jobs.raise_unspeakable, (), errors.ParseFailed, "Unspeakable"),
        (jobs.recurse, (), errors.ParseFailed, "RecursionError"),
        (jobs.unpicklable, (), errors.ParseFailed, "raised"),
        (jobs.hang_in_python, (), errors.ParseDeadline, "0.5 s"),
        (jobs.hang_in_c, (), errors.ParseDeadline, "0.5 s"),
        (jobs.leave, (), errors.ParseCrashed, "status 3"),
        (jobs.system_exit, (), errors.ParseCrashed, "status 1"),
        (jobs.segfault, (), errors.ParseCrashed, "signal 11"),
        (jobs.kill_self, (), errors.ParseCrashed, "was killed"),
        pytest.param(jobs.eat_memory, (), errors.ParseCrashed, "memory", marks=linux_only),
        pytest.param(jobs.eat_memory_slowly, (), errors.ParseCrashed, "memory", marks=linux_only),
        pytest.param(
            jobs.swell_and_raise, ("unknown",), errors.ParseCrashed, "memory", marks=linux_only
        ),
        pytest.param(
            jobs.swell_and_fail, ("unknown",), errors.ParseCrashed, "memory", marks=linux_only
        ),
    ],
)
def test_a_bad_job_has_its_outcome_and_harms_no_other(
    pool: WorkerPool,
    function: Callable[..., object],
    args: tuple[object, ...],
    kind: type[errors.OutcomeError],
    says: str,
) -> None:
    deadline = 0.5 if kind is errors.ParseDeadline else None
    bad = pool.submit(function, *args, url=URL, deadline=deadline)
    good = pool.submit(jobs.add, 1, url=URL)
    error = bad.exception(60)
    assert type(error) is kind
    assert isinstance(error, errors.OutcomeError)
    assert says in error.message
    assert str(error) == error.message
    assert len(error.message) < 400
    assert error.url == ("https://other.example/" if function is jobs.refuse else URL)
    assert good.result(60) == 1
    assert_still_useful(pool)


def test_an_own_error_keeps_its_fields(pool: WorkerPool) -> None:
    error = pool.submit(jobs.refuse_with_fields, url=URL).exception(60)
    assert isinstance(error, errors.Throttled)
    assert (error.status, error.retry_after) == (429, 7.5)
    assert (error.message, error.url, error.kind) == (
        "slow down",
        "https://example.org/",
        "throttled",
    )


def test_an_own_error_without_an_address_gets_the_jobs(pool: WorkerPool) -> None:
    error = pool.submit(jobs.refuse, "no feed", None, url=URL).exception(60)
    assert isinstance(error, errors.NotAFeed)
    assert error.url == URL


def test_what_a_job_prints_is_harmless(pool: WorkerPool) -> None:
    assert pool.submit(jobs.speak, 20_000, url=URL).result(60) == "spoken"
    assert pool.submit(jobs.read_input, url=URL).result(60) == ""
    assert_still_useful(pool)


def test_the_log_says_what_only_developers_want(
    pool: WorkerPool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="wirecopy.workers")
    pool.submit(jobs.raise_foreign, "oh", url=URL).exception(60)
    pool.submit(jobs.segfault, url=URL).exception(60)
    failed, died = caplog.records
    assert (failed.getMessage(), failed.levelname) == ("job.failed", "DEBUG")
    assert "raise_foreign" in vars(failed)["traceback"]
    assert died.getMessage() == "worker.died"
    assert "Segmentation fault" in vars(died)["stderr"]


def test_a_missing_module_is_no_fault_of_the_page(pool: WorkerPool) -> None:
    error = pool.submit(jobs.need_a_missing_module, url=URL).exception(60)
    assert isinstance(error, WorkerUnavailable)
    assert "no_such_module" in str(error)


def test_a_worker_that_dies_between_jobs_costs_none(pool: WorkerPool) -> None:
    pid = pool.submit(jobs.process_id, url=URL).result(60)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: is_gone(pid))
    assert_still_useful(pool)


def test_a_late_job_takes_its_own_children_along(pool: WorkerPool, tmp_path: Path) -> None:
    record = tmp_path / "pid"
    late = pool.submit(jobs.hang_with_a_child, record, url=URL, deadline=2)
    assert isinstance(late.exception(60), errors.ParseDeadline)
    assert eventually(lambda: is_gone(int(record.read_text())))


def test_a_job_that_cannot_be_sent_is_its_senders_error(pool: WorkerPool) -> None:
    with pytest.raises(ValueError, match="imported"):
        pool.submit(lambda: None, url=URL)
    unsendable = pool.submit(jobs.echo, lambda: None, url=URL).exception(60)
    assert unsendable is not None
    assert not isinstance(unsendable, errors.OutcomeError)
    assert_still_useful(pool)


def test_a_worker_is_replaced_after_its_share_of_jobs() -> None:
    with WorkerPool(WorkerPolicy(workers=1, jobs_per_worker=2)) as pool:
        pids = [pool.submit(jobs.process_id, url=URL).result(60) for _ in range(5)]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]
    assert all(map(is_gone, pids))


@linux_only
def test_a_worker_that_came_near_its_limit_is_replaced() -> None:
    with WorkerPool(WorkerPolicy(workers=1)) as pool:
        pids = [pool.submit(jobs.process_id, url=URL).result(60)]
        for mebibytes in (20, 180, 1):
            assert pool.submit(jobs.swell, mebibytes, url=URL).result(60) == mebibytes << 20
            pids.append(pool.submit(jobs.process_id, url=URL).result(60))
        assert pids[0] == pids[1] != pids[2] == pids[3]


def test_workers_start_late_and_run_side_by_side(tmp_path: Path) -> None:
    before = set(psutil.Process().children())
    with WorkerPool(WorkerPolicy(workers=2)) as pool:
        assert set(psutil.Process().children()) == before
        one, two = tmp_path / "one", tmp_path / "two"
        first = pool.submit(jobs.meet, one, two, url=URL)
        second = pool.submit(jobs.meet, two, one, url=URL)
        assert first.result(60)
        assert second.result(60)
    assert set(psutil.Process().children()) == before


def test_preloaded_modules_are_there() -> None:
    with WorkerPool(WorkerPolicy(workers=1), preload={jobs.is_imported: "colorsys"}) as pool:
        assert pool.submit(jobs.is_imported, "colorsys", url=URL).result(60)
        assert not pool.submit(jobs.is_imported, "prefect", url=URL).result(60)


def test_a_module_is_loaded_when_a_job_wants_it() -> None:
    """Also where the worker was there before the first such job."""
    wants: dict[Callable[..., object], str] = {jobs.is_imported: "colorsys"}
    with WorkerPool(WorkerPolicy(workers=1), preload=wants) as pool:
        first = pool.submit(jobs.process_id, url=URL).result(60)
        assert pool.submit(jobs.process_id, url=URL).result(60) == first
        assert pool.submit(jobs.is_imported, "colorsys", url=URL).result(60)
        second = pool.submit(jobs.process_id, url=URL).result(60)
        assert second != first
        assert pool.submit(jobs.is_imported, "colorsys", url=URL).result(60)
        assert pool.submit(jobs.process_id, url=URL).result(60) == second


def test_a_module_that_is_expected_is_there_from_the_start() -> None:
    wants: dict[Callable[..., object], str] = {jobs.is_imported: "colorsys"}
    with WorkerPool(WorkerPolicy(workers=1), preload=wants) as pool:
        pool.expect(jobs.is_imported)
        pool.expect(jobs.add)  # which needs nothing
        first = pool.submit(jobs.process_id, url=URL).result(60)
        assert pool.submit(jobs.is_imported, "colorsys", url=URL).result(60)
        assert pool.submit(jobs.process_id, url=URL).result(60) == first


def test_a_worker_that_cannot_start_is_no_fault_of_the_document() -> None:
    with WorkerPool(WorkerPolicy(workers=1), preload={jobs.add: "no_such_module"}) as pool:
        error = pool.submit(jobs.add, 1, url=URL).exception(60)
        assert pool.submit(jobs.process_id, url=URL).result(60)
    assert isinstance(error, WorkerUnavailable)
    assert not isinstance(error, errors.OutcomeError)
    assert "no_such_module" in error.message


def test_workers_run_wherever_the_current_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "types.py").write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    with WorkerPool(WorkerPolicy(workers=1)) as pool:
        assert pool.submit(jobs.working_folder, url=URL).result(60) == os.getcwd()


def test_closing_ends_a_hung_job_at_once(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with WorkerPool(WorkerPolicy(workers=1, deadline=600)) as pool:
        pid = pool.submit(jobs.process_id, url=URL).result(60)
        running = pool.submit(jobs.hang_in_c, started, url=URL)
        queued = pool.submit(jobs.add, 1, url=URL)
        assert eventually(started.exists)
    assert is_gone(pid)
    for future in running, queued:
        with pytest.raises(CancelledError):
            future.result(10)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(jobs.add, 1, url=URL)
    pool.close()


def start_script(tmp_path: Path, body: str, *args: object) -> subprocess.Popen[str]:
    """A program of its own, in a process group of its own. It has no guard around its main part:
    workers must not run it again."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, worker_jobs as jobs\n"
        "from pathlib import Path\n"
        "from ingest.workers.pool import WorkerPolicy, WorkerPool\n"
        "print('main', flush=True)\n" + textwrap.dedent(body)
    )
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    return subprocess.Popen(
        [sys.executable, str(script), *map(str, args)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
        start_new_session=True,
    )


def test_no_worker_outlives_a_killed_parent(tmp_path: Path) -> None:
    body = """
        pool = WorkerPool(WorkerPolicy(workers=2, deadline=3))
        folder = Path(sys.argv[1])
        one, two = folder / "one", folder / "two"
        other = pool.submit(jobs.meet, two, one, url="u")
        pool.submit(jobs.meet, one, two, url="u").result(), other.result()
        pool.submit(jobs.hang_in_c, folder / "started", url="u").result()
    """
    started = tmp_path / "started"
    with start_script(tmp_path, body, tmp_path) as script:
        assert eventually(started.exists)
        workers = forked(script.pid)
        script.kill()
        assert script.wait(20) == -signal.SIGKILL
        assert len(workers) == 2  # one idle, one hung
        assert eventually(lambda: all(is_gone(worker.pid) for worker in workers))
        assert script.communicate()[0].split() == ["main"]


def test_ctrl_c_is_the_parents_alone(tmp_path: Path) -> None:
    body = """
        with WorkerPool(WorkerPolicy(workers=1)) as pool:
            before = pool.submit(jobs.process_id, url="u").result()
            one, two = Path(sys.argv[1]), Path(sys.argv[2])
            meeting = pool.submit(jobs.meet, one, two, url="u")
            try:
                meeting.result()
            except KeyboardInterrupt:
                two.touch()
                print(meeting.result(), pool.submit(jobs.process_id, url="u").result() == before)
    """
    one, two = tmp_path / "one", tmp_path / "two"
    with start_script(tmp_path, body, one, two) as script:
        assert eventually(one.exists)
        os.killpg(script.pid, signal.SIGINT)
        assert script.communicate(timeout=30)[0].split() == ["main", "True", "True"]
        assert script.returncode == 0


def test_an_interrupted_program_leaves_no_worker(tmp_path: Path) -> None:
    body = """
        with WorkerPool(WorkerPolicy(workers=1, deadline=600)) as pool:
            pool.submit(jobs.hang_in_c, Path(sys.argv[1]), url="u").result()
    """
    started = tmp_path / "started"
    with start_script(tmp_path, body, started) as script:
        assert eventually(started.exists)
        (worker,) = forked(script.pid)
        os.killpg(script.pid, signal.SIGINT)
        assert script.wait(30) != 0
        assert is_gone(worker.pid)


def test_a_hung_worker_ends_itself_where_nobody_ends_it() -> None:
    """As on a system without parent-death signals: the alarm works through a held GIL."""
    requests, hung = os.pipe()
    program = (
        "import sys, worker_jobs; from ingest.workers.child import serve;"
        f"serve({requests}, 1, {1 << 30})"
    )
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        pass_fds=[requests],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
    ) as child:
        os.write(hung, worker_child.frame(("worker_jobs:hang_in_c", (), {}, 0.3)))
        assert child.wait(30) == -signal.SIGALRM
    os.close(requests)
    os.close(hung)


def test_workers_are_replaced_when_the_process_they_are_forked_from_is_killed() -> None:
    """By the system, say, when memory is short: the workers die with it."""
    with WorkerPool(WorkerPolicy(workers=1), preload={jobs.is_imported: "colorsys"}) as pool:
        worker = psutil.Process(pool.submit(jobs.process_id, url=URL).result(60))
        server = worker.parent()
        server.kill()
        assert eventually(lambda: is_gone(server.pid) and is_gone(worker.pid))
        assert pool.submit(jobs.is_imported, "colorsys", url=URL).result(60)
        assert_still_useful(pool)


def test_a_replaced_worker_has_what_was_preloaded() -> None:
    policy = WorkerPolicy(workers=1, jobs_per_worker=1)
    with WorkerPool(policy, preload={jobs.is_imported: "colorsys"}) as pool:
        for _ in range(3):
            assert pool.submit(jobs.is_imported, "colorsys", url=URL).result(60)
