"""Many fetches at once: polite to each publisher, quick over all, ended cleanly."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from fetch_setup import Setup
from rude_server import RudeServer, Talk, drip, flood, hang, head, page, recorded_connects, redirect

from ingest import errors
from ingest.errors import FetchError
from ingest.fetching.fetch import Fetcher
from ingest.types import FetchRequest, FetchResponse

TESTS = Path(__file__).parent


@pytest.fixture
def setup() -> Iterator[Setup]:
    with RudeServer() as server:
        yield Setup(server)


def requests(setup: Setup, *places: str) -> list[FetchRequest]:
    """`name.test/path` each."""
    return [
        FetchRequest(f"http://{place.replace('/', f':{setup.server.port}/', 1)}")
        for place in places
    ]


def own_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("wirecopy")]


def wait_until_no_threads_are_left() -> None:
    deadline = time.monotonic() + 5
    while own_threads() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert own_threads() == []


def slow(seconds: float) -> object:
    def behave(talk: Talk) -> None:
        talk.sleep(seconds)
        page(talk.asked.target.encode())(talk)

    return behave


def test_every_request_has_one_outcome(setup: Setup) -> None:
    setup.server.at("/page", page())
    setup.server.at("/gone", page(b"", 410))
    wanted = [
        *requests(setup, *(f"p{n % 7}.test/page" for n in range(40)), "p1.test/gone"),
        FetchRequest("javascript:alert(1)"),
        FetchRequest("http://10.0.0.1/"),
        FetchRequest("http://10.0.0.1/"),
    ]
    with setup.fetcher() as fetcher:
        outcomes = list(fetcher.fetch_all(iter(wanted)))
        assert list(fetcher.fetch_all([])) == []
    assert sorted(id(request) for request, _ in outcomes) == sorted(map(id, wanted))
    kinds = [getattr(outcome, "kind", "ok") for _, outcome in outcomes]
    assert kinds.count("ok") == 40
    assert sorted(set(kinds)) == ["address_refused", "gone", "ok", "url_refused"]
    wait_until_no_threads_are_left()


def test_publishers_are_asked_politely_and_side_by_side(setup: Setup) -> None:
    setup.server.at("/page", slow(0.7))  # type: ignore[arg-type]
    names = [f"p{n}.test" for n in range(12)]
    wanted = requests(setup, *(f"{name}/page" for name in names for _ in range(5)))
    started = time.monotonic()
    with setup.fetcher(per_publisher_delay=0.3, connections=32) as fetcher:
        outcomes = [outcome for _, outcome in fetcher.fetch_all(wanted)]
    took = time.monotonic() - started
    assert all(isinstance(outcome, FetchResponse) for outcome in outcomes)
    for name in names:
        asked = [asked for asked in setup.server.seen if asked.host.startswith(name)]
        assert [one.target for one in asked].count("/robots.txt") == 1
        assert len(asked) == 6
        assert setup.server.spacing(name) > 0.2
        assert setup.server.most_at_once(name) <= 2
    assert max(map(setup.server.most_at_once, names)) == 2
    assert took < 12, "one after the other would be 42 s"


def test_a_few_threads_serve_many_slow_paced_publishers(setup: Setup) -> None:
    """A thread that slept for one publisher's spacing would be missing to the others."""
    setup.server.at("/page", page())
    wanted = requests(setup, *(f"p{n % 30}.test/page" for n in range(90)))
    started = time.monotonic()
    with setup.fetcher(per_publisher_delay=0.3, connections=2) as fetcher:
        list(fetcher.fetch_all(wanted))
        assert len([name for name in own_threads() if name == "wirecopy-fetch"]) <= 2
    assert time.monotonic() - started < 6, "sleeping threads would need 18 s"


def test_a_hanging_publisher_holds_up_nobody_else(setup: Setup) -> None:
    setup.server.at("/page", page())
    setup.server.at("/hang", hang)
    setup.server.at("/drip", drip(head(200, "Content-Length: 9999")))
    wanted = requests(
        setup,
        *(f"bad{n}.test/{'hang' if n % 2 else 'drip'}" for n in range(6)),
        *(f"good{n}.test/page" for n in range(30)),
    )
    started = time.monotonic()
    healthy = 0
    with setup.fetcher(fetch_deadline=3.0, connections=10) as fetcher:
        for _, outcome in fetcher.fetch_all(wanted):
            if isinstance(outcome, FetchResponse):
                healthy += 1
                assert time.monotonic() - started < 2.8
            else:
                assert outcome.kind == "deadline"
    assert healthy == 30
    assert time.monotonic() - started < 8


def test_who_wants_long_pauses_is_left_to_the_next_run(setup: Setup) -> None:
    """One asks for ten seconds between two requests, one answers nothing: what waits for them is
    given back once nobody else has anything left."""
    setup.server.at("/page", page())
    setup.server.at("slow.test/robots.txt", page(b"User-agent: *\nCrawl-delay: 10"))
    setup.server.at("/hang", hang)
    wanted = requests(
        setup,
        *("slow.test/page" for _ in range(5)),
        *("stuck.test/hang" for _ in range(5)),
        *(f"good{n}.test/page" for n in range(20)),
    )
    started = time.monotonic()
    outcomes = []
    with setup.fetcher(fetch_deadline=3.0, connections=10) as fetcher:
        for request, outcome in fetcher.fetch_all(wanted, patience=1.0):
            outcomes.append((request.url.split("/")[2].partition(":")[0], outcome))
    assert time.monotonic() - started < 9, "all of them would take 50 s"
    kinds = ((host[:4], getattr(outcome, "kind", "ok")) for host, outcome in outcomes)
    assert Counter(kinds) == {
        ("good", "ok"): 20,
        ("slow", "postponed"): 5,
        ("stuc", "deadline"): 2,
        ("stuc", "postponed"): 3,
    }
    assert setup.server.paths("slow.test") == []  # the first one would go ten seconds after robots
    assert len(setup.server.paths("stuck.test")) == 2


def test_patience_costs_nobody_who_waits_for_a_thread(setup: Setup) -> None:
    setup.server.at("/page", slow(0.4))  # type: ignore[arg-type]
    wanted = requests(setup, *(f"p{n}.test/page" for n in range(8)))
    with setup.fetcher(connections=1) as fetcher:
        outcomes = [outcome for _, outcome in fetcher.fetch_all(wanted, patience=0.2)]
    assert all(isinstance(outcome, FetchResponse) for outcome in outcomes)


def test_a_short_pause_is_waited_for(setup: Setup) -> None:
    asked_at: list[float] = []

    def busy_once(talk: Talk) -> None:
        asked_at.append(time.monotonic())
        if len(asked_at) == 1:
            page(b"", 429, "Retry-After: 1")(talk)
        else:
            page()(talk)

    setup.server.at("/page", busy_once)
    setup.server.at("other.test/page", page())
    wanted = requests(setup, *["busy.test/page"] * 4, "other.test/page")
    with setup.fetcher(per_publisher_connections=1) as fetcher:
        outcomes = [outcome for _, outcome in fetcher.fetch_all(wanted)]
    kinds = sorted(getattr(outcome, "kind", "ok") for outcome in outcomes)
    assert kinds == ["ok", "ok", "ok", "ok", "throttled"]
    assert asked_at[1] - asked_at[0] > 0.9


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_pause_fails_all_that_wait_at_once(setup: Setup, status: int) -> None:
    setup.server.at("/page", page(b"", status, "Retry-After: 3600"))
    setup.server.at("other.test/page", page())
    wanted = requests(setup, *["busy.test/page"] * 50, "other.test/page")
    started = time.monotonic()
    with setup.fetcher(per_publisher_delay=0.2, per_publisher_connections=1) as fetcher:
        outcomes = [outcome for _, outcome in fetcher.fetch_all(wanted)]
        with pytest.raises(errors.Throttled):
            fetcher.fetch(wanted[0])
    throttled = [outcome for outcome in outcomes if isinstance(outcome, errors.Throttled)]
    assert len(throttled) == 50
    assert all(3500 < (error.retry_after or 0) <= 3600 for error in throttled)
    assert {error.status for error in throttled} == {status}
    assert setup.server.paths("busy.test") == ["/page"]
    assert time.monotonic() - started < 4


def test_a_redirect_waits_for_its_targets_turn(setup: Setup) -> None:
    target = setup.server.url("/page", "hub.test")
    setup.server.at("/moved", redirect(target))
    setup.server.at("/page", page())
    wanted = requests(setup, *(f"p{n}.test/moved" for n in range(6)))
    with setup.fetcher(per_publisher_delay=0.2) as fetcher:
        outcomes = [outcome for _, outcome in fetcher.fetch_all(wanted)]
    assert all(isinstance(outcome, FetchResponse) for outcome in outcomes)
    assert len(setup.server.paths("hub.test")) == 6
    assert setup.server.spacing("hub.test") > 0.12


def test_robots_txt_that_fails_is_asked_for_once_by_all(setup: Setup) -> None:
    setup.server.at("/robots.txt", page(b"", 500))
    wanted = requests(setup, *["p.test/page"] * 20)
    with setup.fetcher() as fetcher:
        outcomes = [outcome for _, outcome in fetcher.fetch_all(wanted)]
    assert {getattr(outcome, "kind", "ok") for outcome in outcomes} == {"robots_unavailable"}
    assert len(setup.server.seen) == 1


def test_bodies_that_nobody_takes_hold_back_further_ones(setup: Setup) -> None:
    setup.server.at("/page", page(bytes(100_000)))
    wanted = requests(setup, *(f"p{n}.test/page" for n in range(60)))
    with setup.fetcher(connections=4) as fetcher:
        results = fetcher.fetch_all(wanted, buffered_bytes=300_000)
        next(results)
        time.sleep(1.0)
        fetched = len(setup.server.paths())
        assert fetched <= 4 + 4 + 1, "the buffer, the threads, and the one that was taken"
        assert len(list(results)) == 59


def test_leaving_the_iterator_ends_everything_quickly(setup: Setup) -> None:
    setup.server.at("/page", page())
    setup.server.at("/hang", hang)
    setup.server.at("/drip", drip(head(200)))
    setup.server.at("/flood", flood(head(200), bytes(65536)))
    wanted = requests(
        setup,
        "quick.test/page",
        *(f"p{n}.test/{path}" for n in range(9) for path in ("hang", "drip", "page")),
    )
    with setup.fetcher(fetch_deadline=300.0, max_page_bytes=10**9) as fetcher:
        results = fetcher.fetch_all(wanted)
        next(results)
        started = time.monotonic()
        results.close()  # type: ignore[attr-defined]
        assert time.monotonic() - started < 3
        assert not [name for name in own_threads() if name != "wirecopy-watchdog"]
        again = fetcher.fetch(requests(setup, "quick.test/page")[0])
        assert again.body == b"ok", "the Fetcher itself goes on"
    wait_until_no_threads_are_left()


def test_closing_the_fetcher_gives_up_what_waits(setup: Setup) -> None:
    setup.server.at("/hang", hang)
    fetcher = setup.fetcher(fetch_deadline=300.0, per_publisher_delay=30.0)
    outcomes: list[object] = []
    wanted = [replace(one, ignore_robots=True) for one in requests(setup, *["p.test/hang"] * 9)]
    thread = threading.Thread(
        target=lambda: outcomes.extend(o for _, o in fetcher.fetch_all(wanted))
    )
    thread.start()
    while not setup.server.paths():
        time.sleep(0.01)
    fetcher.close()
    thread.join(10)
    assert [type(outcome) for outcome in outcomes] == [FetchError] * 9
    wait_until_no_threads_are_left()


def test_an_interrupt_ends_the_process_quickly(setup: Setup) -> None:
    setup.server.at("/hang", hang)
    code = """
        import sys
        from ingest.fetching.fetch import Fetcher, FetchPolicy
        from ingest.types import FetchRequest
        port = int(sys.argv[1])
        policy = FetchPolicy(allow_networks=("127.0.0.0/8",), allow_ports=(port,))
        requests = [FetchRequest(f"http://127.0.0.1:{port}/hang?{n}") for n in range(9)]
        try:
            with Fetcher(policy, publisher_of=lambda url: url) as fetcher:
                for _ in fetcher.fetch_all(requests):
                    pass
        except KeyboardInterrupt:
            print("interrupted")
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(setup.server.port)],
        cwd=TESTS.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while len(setup.server.paths()) < 9 and time.monotonic() < deadline:
        time.sleep(0.05)
    started = time.monotonic()
    child.send_signal(signal.SIGINT)
    output, _ = child.communicate(timeout=20)
    assert output == "interrupted\n"
    assert child.returncode == 0
    assert time.monotonic() - started < 5


def test_a_bug_in_a_step_reaches_the_caller(setup: Setup) -> None:
    def publisher_of(url: str) -> str:
        if "bad" in url and "robots" in url:
            raise ZeroDivisionError
        return "p"

    with (
        Fetcher(setup.policy, publisher_of=publisher_of, resolver=setup.server.resolver) as fetcher,
        pytest.raises(ZeroDivisionError),
    ):
        list(fetcher.fetch_all(requests(setup, "good.test/page", "bad.test/page")))
    wait_until_no_threads_are_left()


def test_two_runs_and_single_fetches_share_the_spacing(setup: Setup) -> None:
    setup.server.at("/page", page())
    with setup.fetcher(per_publisher_delay=0.2) as fetcher:
        outcomes: list[FetchResponse | FetchError] = []

        def run() -> None:
            outcomes.extend(o for _, o in fetcher.fetch_all(requests(setup, *["p.test/page"] * 3)))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            outcomes.append(fetcher.fetch(requests(setup, "p.test/page")[0]))
        for thread in threads:
            thread.join(20)
    assert len(outcomes) == 9
    assert all(isinstance(outcome, FetchResponse) for outcome in outcomes)
    assert len(setup.server.seen) == 10
    assert setup.server.spacing("p.test") > 0.12
    assert setup.server.most_at_once("p.test") <= 2


def test_a_long_run_leaves_a_short_one_its_share_of_the_threads(setup: Setup) -> None:
    """And both together keep to the number of connections."""
    setup.server.at("/page", slow(0.02))  # type: ignore[arg-type]
    long, short = (
        [replace(request, ignore_robots=True) for request in requests(setup, *places)]
        for places in ([f"l{n}.test/page" for n in range(300)], ["s.test/page"] * 6)
    )
    done: list[str] = []
    with setup.fetcher(connections=3) as fetcher:

        def run() -> None:
            done.extend(f"long {type(o).__name__}" for _, o in fetcher.fetch_all(long))

        thread = threading.Thread(target=run)
        thread.start()
        while len(done) < 20:
            time.sleep(0.01)
        assert all(isinstance(o, FetchResponse) for _, o in fetcher.fetch_all(short))
        before = len(done)
        thread.join(30)
    assert done == ["long FetchResponse"] * 300
    assert before < 200
    marks = [
        mark for asked in setup.server.seen for mark in ((asked.started, 1), (asked.ended, -1))
    ]
    assert max(accumulate(step for _, step in sorted(marks))) == 3


def test_no_connection_leaves_the_allow_list(setup: Setup) -> None:
    targets = (
        "http://169.254.169.254/",
        "http://[fd00:ec2::254]/",
        "http://192.168.0.1/",
        "http://inner.test/",
        "http://0177.0.0.1:22/",
        "http://[::]/",
        "http://2130706434/",
    )
    for number, target in enumerate(targets):
        setup.server.at(f"/{number}", redirect(target))
    places = [f"p{number}.test/{number}" for number in range(len(targets))]
    server_resolver = setup.server.resolver
    setup.options["resolver"] = lambda host, port: (
        ["192.168.7.7"] if host == "inner.test" else server_resolver(host, port)
    )
    setup.policy = replace(setup.policy, allow_networks=("127.0.0.1/32",))
    direct = [FetchRequest(target) for target in targets]
    with recorded_connects() as connects, setup.fetcher() as fetcher:
        outcomes = list(fetcher.fetch_all([*requests(setup, *places), *direct]))
    assert all(isinstance(outcome, FetchError) for _, outcome in outcomes)
    assert set(connects) == {("127.0.0.1", setup.server.port)}
