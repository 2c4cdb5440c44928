"""The demo newsroom: what it invents, and what its server answers."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations

import feedparser
import pytest
import trafilatura

from newsroom import Newsroom, NewsroomServer, Outlet, Piece, compose

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def room() -> Newsroom:
    return compose(1, now=NOW)


@pytest.fixture(scope="module")
def server(room: Newsroom) -> Iterator[NewsroomServer]:
    with NewsroomServer(room) as running:
        yield running


class Reply:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def get(server: NewsroomServer, target: str, method: str = "GET", **headers: str) -> Reply:
    """One request with `target` as it stands: an address is asked as of a proxy."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, headers=named)
        return Reply(connection.getresponse())
    finally:
        connection.close()


def shingles(piece: Piece, size: int = 5) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", " ".join(piece.paragraphs).lower())
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


def only(room: Newsroom, quirk: str) -> Outlet:
    return next(outlet for outlet in room.outlets if quirk in outlet.quirks)


# --- what is invented


def test_same_seed_and_time_give_the_same_newsroom_and_another_seed_another(room: Newsroom) -> None:
    assert compose(1, now=NOW) == room
    assert not {piece.title for piece in compose(2, now=NOW).pieces if not piece.series} & {
        piece.title for piece in room.pieces if not piece.series
    }


def test_a_newsroom_does_not_depend_on_the_hash_seed_of_the_process(room: Newsroom) -> None:
    script = (
        "from datetime import UTC, datetime; from newsroom import compose;"
        "room = compose(1, now=datetime(2026, 11, 22, 18, 0, tzinfo=UTC));"
        "print([(p.url, p.published_at.isoformat(), len(p.printed)) for p in room.pieces])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert eval(done.stdout) == [
        (piece.url, piece.published_at.isoformat(), len(piece.printed)) for piece in room.pieces
    ]


def test_it_has_the_outlets_articles_and_languages_that_the_demo_promises(room: Newsroom) -> None:
    assert len(room.outlets) == 16
    assert len(room.pieces) == 240
    assert len(room.released(NOW)) >= 200
    assert len({piece.url for piece in room.pieces}) == 240
    assert Counter(outlet.kind for outlet in room.outlets) == {
        "agency": 3,
        "reprinter": 5,
        "originator": 8,
    }
    languages = Counter(piece.language for piece in room.pieces)
    assert set(languages) == {"en", "de", "es"}
    assert min(languages.values()) >= 40
    assert {outlet.feed_format for outlet in room.outlets} == {
        "rss2",
        "rss091",
        "rss1",
        "atom",
        "json",
    }


def test_own_texts_are_of_the_length_of_news_articles(room: Newsroom) -> None:
    lengths = [
        sum(len(paragraph.split()) for paragraph in piece.paragraphs)
        for piece in room.pieces
        if not (piece.reprint_of or piece.series or piece.quotes)
    ]
    assert min(lengths) >= 180
    assert max(lengths) <= 760
    assert max(lengths) > 500


@pytest.mark.parametrize("seed", [1, 7])
def test_unrelated_articles_share_few_five_word_shingles(seed: int) -> None:
    room = compose(seed, now=NOW)
    own = [p for p in room.pieces if not (p.reprint_of or p.series or p.quotes)]
    sets = {piece.piece_id: shingles(piece) for piece in own}
    shares = []
    for one, other in combinations(own, 2):
        if one.language == other.language:
            first, second = sets[one.piece_id], sets[other.piece_id]
            shares.append(len(first & second) / min(len(first), len(second)))
    assert max(shares) < 0.10
    assert sum(shares) / len(shares) < 0.015


def test_reprints_carry_as_much_of_their_original_as_their_relation_says(room: Newsroom) -> None:
    by_id = {piece.piece_id: piece for piece in room.pieces}
    seen: Counter[str] = Counter()
    for copy in room.pieces:
        if copy.reprint_of is None:
            assert copy.relation is None
            assert copy.credited == "none"
            continue
        original = by_id[copy.reprint_of]
        assert original.reprint_of is None
        assert original.language == copy.language
        assert original.outlet != copy.outlet
        assert timedelta(0) < copy.published_at - original.published_at <= timedelta(hours=40)
        whole, part = shingles(original), shingles(copy)
        share = len(whole & part) / len(whole)
        seen[copy.relation or ""] += 1
        if copy.relation == "full":
            assert copy.paragraphs == original.paragraphs
        elif copy.relation == "truncated":
            assert copy.paragraphs == original.paragraphs[: len(copy.paragraphs)]
            assert len(copy.paragraphs) < len(original.paragraphs)
        else:
            assert 0.5 < share < 1
        assert bool(copy.header)
        assert bool(copy.footer)
    assert min(seen[relation] for relation in ("full", "truncated", "edited")) >= 8


def test_truth_and_stories_agree_with_the_pieces(room: Newsroom) -> None:
    truth = room.truth()
    urls = {piece.url for piece in room.pieces}
    assert len(truth) == sum(1 for piece in room.pieces if piece.reprint_of) >= 55
    assert set(truth) | set(truth.values()) <= urls
    assert not set(truth) & set(truth.values())
    stories = room.stories()
    assert set(stories) == urls - set(truth)
    assert {copy: original for original, copies in stories.items() for copy in copies} == truth
    assert max(len(copies) for copies in stories.values()) >= 2


def test_reprints_are_credited_in_every_way_and_some_not_at_all(room: Newsroom) -> None:
    copies = [piece for piece in room.pieces if piece.reprint_of]
    assert {piece.credited for piece in copies} == {
        "none",
        "first_appeared",
        "source_line",
        "dateline",
        "author_note",
        "read_more",
    }
    by_id = {piece.piece_id: piece for piece in room.pieces}
    names = {outlet.domain: outlet.name for outlet in room.outlets}
    for copy in copies:
        origin = names[by_id[copy.reprint_of or ""].outlet]
        assert (origin in "\n".join(copy.printed)) == (copy.credited != "none"), copy.url
    retitled = [p for p in copies if p.title != by_id[p.reprint_of or ""].title]
    assert 10 <= len(retitled) <= len(copies) - 10


def test_hard_negatives_are_there(room: Newsroom) -> None:
    reports = [piece for piece in room.pieces if piece.series]
    assert len(reports) == 6
    assert len({piece.url for piece in reports}) == 6
    masked = [re.sub(r"[\d.,]+", "0", piece.paragraphs[-1]) for piece in reports]
    assert len(set(masked)) == 1
    (round_up,) = [piece for piece in room.pieces if piece.quotes]
    assert round_up.published_at <= NOW
    for quoted in (piece for piece in room.pieces if piece.piece_id in round_up.quotes):
        assert len(shingles(quoted) & shingles(round_up)) > 40
        assert quoted.published_at < round_up.published_at


def test_a_large_newsroom_for_benchmarks() -> None:
    large = compose(3, now=NOW, outlets=60, articles=1200)
    assert len(large.pieces) == 1200
    assert len({outlet.domain for outlet in large.outlets}) == 60
    assert len({piece.url for piece in large.pieces}) == 1200
    assert len(large.truth()) > 200


@pytest.mark.parametrize(
    ("outlets", "articles", "now"),
    [(6, 240, NOW), (16, 63, NOW), (16, 240, NOW.replace(tzinfo=None))],
)
def test_a_newsroom_that_cannot_be_is_refused(outlets: int, articles: int, now: datetime) -> None:
    with pytest.raises(ValueError, match=r"needs at least|timezone-aware"):
        compose(1, now=now, outlets=outlets, articles=articles)


def test_the_smallest_newsroom_still_has_reprints_reports_and_a_round_up() -> None:
    small = compose(1, now=NOW, outlets=7, articles=28)
    assert len(small.pieces) == 28
    assert small.truth()
    assert any(piece.series for piece in small.pieces)
    assert any(piece.quotes for piece in small.pieces)


# --- what the server answers


def test_every_feed_answers_by_proxy_and_under_the_servers_own_address(
    room: Newsroom, server: NewsroomServer
) -> None:
    released = Counter(piece.outlet for piece in room.released(NOW))
    assert len(server.feed_urls()) == 17
    for outlet in room.outlets:
        for path, url in zip(outlet.feeds, outlet.feed_urls, strict=True):
            by_proxy = get(server, url)
            browsed = get(server, f"/{outlet.domain}{path}")
            assert by_proxy.status == browsed.status == 200
            if "changing_guid" not in outlet.quirks:
                assert by_proxy.body == browsed.body
            links = _links(outlet, by_proxy.body)
            assert len(links) == len(set(links)) > 0
            if path == outlet.feeds[0]:
                assert len(links) == released[outlet.domain]


def _links(outlet: Outlet, body: bytes) -> list[str]:
    if outlet.feed_format == "json":
        return [item["url"] for item in json.loads(body)["items"]]
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    return [entry.link for entry in parsed.entries]


def test_feed_oddities(room: Newsroom, server: NewsroomServer) -> None:
    def entries(outlet: Outlet, feed: int = 0) -> list[feedparser.FeedParserDict]:
        body = get(server, outlet.feed_urls[feed]).body
        return list(feedparser.parse(body, resolve_relative_uris=False).entries)

    assert all(entry.link.startswith("/") for entry in entries(only(room, "relative_links")))
    assert not any("id" in entry for entry in entries(only(room, "no_guid")))
    assert not any("published" in entry for entry in entries(only(room, "no_date")))
    assert all(entry.content for entry in entries(only(room, "full_content")))

    changing = only(room, "changing_guid")
    first, second = entries(changing), entries(changing)
    assert [entry.link for entry in first] == [entry.link for entry in second]
    assert not {entry.id for entry in first} & {entry.id for entry in second}

    twofold = only(room, "second_feed")
    all_ids = {entry.id for entry in entries(twofold)}
    shared = {entry.id for entry in entries(twofold, 1)}
    assert shared < all_ids


def test_released_pages_hold_their_text_and_name_their_canonical_address(
    room: Newsroom, server: NewsroomServer
) -> None:
    truth = room.truth()
    for piece in room.released(NOW):
        reply = get(server, piece.url)
        assert reply.status == 200
        charset = reply.headers.get_content_charset() or ""
        page = reply.body.decode(charset)
        assert f'<html lang="{piece.language}">' in page
        canonical = truth[piece.url] if piece.canonical_to_original else piece.url
        assert f'<link rel="canonical" href="{canonical}">' in page
    assert any(piece.canonical_to_original for piece in room.released(NOW))


def test_article_text_can_be_extracted_from_every_outlets_template(
    room: Newsroom, server: NewsroomServer
) -> None:
    newest = {piece.outlet: piece for piece in room.released(NOW)}
    assert len(newest) == 16
    for piece in newest.values():
        text = trafilatura.extract(get(server, piece.url).body, fast=True) or ""
        found = re.sub(r"\s+", " ", text)
        assert all(paragraph in found for paragraph in piece.paragraphs), piece.url


@pytest.mark.parametrize("validators", ["both", "etag", "last_modified"])
def test_an_unchanged_feed_and_page_answer_304(
    room: Newsroom, server: NewsroomServer, validators: str
) -> None:
    outlet = next(
        o for o in room.outlets if o.validators == validators and "changing_guid" not in o.quirks
    )
    page = next(piece for piece in room.released(NOW) if piece.outlet == outlet.domain)
    for url in (outlet.feed_urls[0], page.url):
        first = get(server, url)
        headers = {}
        if validators != "last_modified":
            headers["If_None_Match"] = first.headers["ETag"]
        else:
            headers["If_Modified_Since"] = first.headers["Last-Modified"]
        again = get(server, url, **headers)
        assert (again.status, again.body) == (304, b"")
        other = dict.fromkeys(headers, '"other"')
        assert get(server, url, **other).status == 200


def test_an_outlet_without_validators_answers_the_same_bytes(
    room: Newsroom, server: NewsroomServer
) -> None:
    outlet = next(o for o in room.outlets if o.validators == "none")
    first, second = get(server, outlet.feed_urls[0]), get(server, outlet.feed_urls[0])
    assert first.body == second.body
    assert first.headers["ETag"] is None
    assert first.headers["Last-Modified"] is None


def test_pieces_come_out_when_the_clock_reaches_them(room: Newsroom) -> None:
    with NewsroomServer(room) as server:
        coming = next(piece for piece in room.pieces if piece.published_at > NOW)
        outlet = next(o for o in room.outlets if o.domain == coming.outlet)
        before = get(server, outlet.feed_urls[0])
        assert get(server, coming.url).status == 404
        assert coming.path not in before.body.decode()
        server.advance(coming.published_at - NOW)
        assert server.now() == coming.published_at
        assert get(server, coming.url).status == 200
        after = get(server, outlet.feed_urls[0], If_None_Match=before.headers["ETag"] or "")
        assert after.status == 200
        assert coming.path in after.body.decode()


def test_a_given_clock_decides_what_is_out(room: Newsroom) -> None:
    oldest = room.pieces[0]
    with NewsroomServer(room, clock=lambda: oldest.published_at) as server:
        assert get(server, oldest.url).status == 200
        assert get(server, room.pieces[-1].url).status == 404


def test_with_faults_one_feed_and_two_pages_are_missing() -> None:
    room = compose(1, now=NOW, faults=True)
    statuses = []
    with NewsroomServer(room) as server:
        for domain, path in room.broken:
            statuses.append(get(server, f"http://{domain}{path}").status)
        assert {f"http://{domain}{path}" for domain, path in room.broken} & set(server.feed_urls())
        answers = Counter(get(server, url).status for url in server.feed_urls())
    assert sorted(statuses) == [404, 404, 410]
    assert answers == {200: 17, 404: 1}
    linked = {url for pair in room.truth().items() for url in pair}
    assert not linked & {f"http://{domain}{path}" for domain, path in room.broken}


def test_a_browser_finds_its_way_from_the_list_of_outlets_to_an_article(
    room: Newsroom, server: NewsroomServer
) -> None:
    start = get(server, "/").body.decode()
    for outlet in room.outlets:
        assert f'href="/{outlet.domain}/"' in start
    outlet = room.outlets[0]
    front = get(server, f"/{outlet.domain}/").body.decode()
    links = re.findall(rf'href="(/{re.escape(outlet.domain)}/[^"]*)"', front)
    assert len(links) > 15
    assert {get(server, link).status for link in links} == {200}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://meridianwire.example/robots.txt", 200),
        ("http://meridianwire.example/nothing", 404),
        ("/nobody.example/feed.xml", 404),
        ("http://nobody.example/feed.xml", 502),
        ("http://MeridianWire.example:80/feed.xml?utm_source=x", 200),
    ],
)
def test_other_addresses(server: NewsroomServer, target: str, status: int) -> None:
    assert get(server, target).status == status


def test_robots_let_articles_and_feeds_be_fetched(room: Newsroom, server: NewsroomServer) -> None:
    for outlet in room.outlets:
        robots = get(server, f"{outlet.home}/robots.txt").body.decode()
        assert "Disallow: /search" in robots
        assert "Disallow: /\n" not in robots


def test_head_sends_headers_only(room: Newsroom, server: NewsroomServer) -> None:
    url = room.outlets[0].feed_urls[0]
    reply = get(server, url, method="HEAD")
    assert reply.status == 200
    assert reply.body == b""
    assert int(reply.headers["Content-Length"]) == len(get(server, url).body)


def test_the_request_log_tells_what_was_asked_and_answered(room: Newsroom) -> None:
    outlet = room.outlets[0]
    with NewsroomServer(room) as server:
        etag = get(server, outlet.feed_urls[0]).headers["ETag"] or ""
        get(server, outlet.feed_urls[0], If_None_Match=etag)
        get(server, f"{outlet.home}/nothing")
        seen = [(r.host, r.path, r.status, r.conditional) for r in server.requests]
    assert seen == [
        (outlet.domain, outlet.feeds[0], 200, False),
        (outlet.domain, outlet.feeds[0], 304, True),
        (outlet.domain, "/nothing", 404, False),
    ]


def test_thirty_two_clients_keep_their_connections(room: Newsroom) -> None:
    pieces = room.released(NOW)
    outcomes: list[set[int]] = []

    def read(server: NewsroomServer, start: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.connect()
        first_socket = connection.sock
        statuses = set()
        for piece in pieces[start::32]:
            connection.request("GET", piece.url)
            response = connection.getresponse()
            response.read()
            statuses.add(response.status)
            assert connection.sock is first_socket
        outcomes.append(statuses)
        connection.close()

    with NewsroomServer(room) as server:
        threads = [threading.Thread(target=read, args=(server, n)) for n in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(server.requests) == len(pieces)
    assert outcomes == [{200}] * 32


def test_closing_the_server_ends_connections_and_frees_the_port(room: Newsroom) -> None:
    with NewsroomServer(room) as server:
        port = server.port
        idle = socket.create_connection(("127.0.0.1", port), timeout=10)
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 200"
    while idle.recv(65536):
        pass
    idle.close()
    with NewsroomServer(room, port=port) as again:
        assert get(again, "/").status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_it_listens_on_loopback_only(room: Newsroom, host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        NewsroomServer(room, host=host)
