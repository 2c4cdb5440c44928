"""`wirecopy feeds …` as users run it, on publishers behind a loopback proxy."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import HomeFolder
from news_world import document
from rude_server import RudeServer, page, redirect

FEED = "http://one.test/feed.xml"
NOW = datetime.now(UTC).replace(microsecond=0)
RSS = document(FEED, [NOW - timedelta(hours=n) for n in range(1, 6)])
OLDER = document(FEED, [NOW - timedelta(hours=n) for n in range(3, 6)])
NEWS = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>http://site.test/a</loc><news:news><news:publication><news:name>The Site</news:name>
<news:language>en</news:language></news:publication>
<news:publication_date>{NOW - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}</news:publication_date>
<news:title>A title</news:title></news:news></url></urlset>""".encode()


@pytest.fixture
def server() -> Iterator[RudeServer]:
    with RudeServer() as made:
        yield made


@pytest.fixture
def home(tmp_path: Path, server: RudeServer) -> HomeFolder:
    made = HomeFolder(tmp_path / "home")
    made.follow((), f"http://127.0.0.1:{server.port}", workers=1)
    return made


def feeds_file(home: HomeFolder) -> str:
    return (home.folder / "feeds.toml").read_text(encoding="utf-8")


def followed(home: HomeFolder) -> list[str]:
    return [feed["url"] for feed in tomllib.loads(feeds_file(home)).get("feed", [])]


def site(server: RudeServer, head: str, *, robots: str = "") -> None:
    body = f"<html><head>{head}</head><body><p>News</p></body></html>".encode()
    server.at("site.test/", page(body, 200, "Content-Type: text/html"))
    if robots:
        server.at("site.test/robots.txt", page(robots.encode()))


def test_a_site_is_followed_by_the_feed_that_its_page_names(
    home: HomeFolder, server: RudeServer
) -> None:
    site(server, '<link rel="alternate" type="application/rss+xml" href="/rss">'
         '<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
         '<link rel="alternate" type="application/rss+xml" href="/gone">',
         robots="User-agent: *\nSitemap: http://site.test/news.xml")  # fmt: skip
    server.at("site.test/rss", page(RSS))
    server.at("site.test/comments/feed", page(OLDER))
    server.at("site.test/news.xml", page(NEWS))
    (home.folder / "feeds.toml").write_text("# Mine\n", encoding="utf-8")
    done = home.run("feeds", "add", "http://site.test/", "--tag", "outlet", "--tag", "en", "--json")
    assert done.code == 0, done.err
    found = [(feed["url"], feed["how"], feed["entries"]) for feed in done.report["found"]]
    assert found == [
        ("http://site.test/rss", "linked", 5),
        ("http://site.test/comments/feed", "linked", 3),
        ("http://site.test/news.xml", "news_sitemap", 1),
    ]
    assert done.report["added"] == ["http://site.test/rss"]
    assert feeds_file(home) == (
        f'# Mine\n\n# {FEED}\n[[feed]]\nurl = "http://site.test/rss"\ntags = ["outlet", "en"]\n'
    )
    again = home.run("feeds", "add", "http://site.test/", "--all")
    assert again.code == 0
    assert "already  http://site.test/rss" in again.out
    assert followed(home) == [url for url, *_ in found]


def test_usual_places_are_tried_when_the_page_names_none(
    home: HomeFolder, server: RudeServer
) -> None:
    site(server, "")
    server.at("site.test/feed/", redirect("http://site.test/feed.xml", 301))
    server.at("site.test/feed.xml", page(RSS))
    done = home.run("feeds", "add", "http://site.test/")
    assert done.code == 0, done.err
    assert followed(home) == ["http://site.test/feed.xml"]
    assert "usual place" in done.out


def test_a_site_that_keeps_robots_from_its_pages_may_have_open_feeds(
    home: HomeFolder, server: RudeServer
) -> None:
    server.at("walled.test/", page(b"Are you human?", 403))
    server.at("walled.test/feed", page(RSS))
    done = home.run("feeds", "add", "http://walled.test")
    assert done.code == 0, done.err
    assert followed(home) == ["http://walled.test/feed"]


def test_a_feeds_own_address_is_added_as_it_is(home: HomeFolder, server: RudeServer) -> None:
    server.at("one.test/feed.xml", page(RSS))
    assert home.run("feeds", "add", FEED).code == 0
    assert followed(home) == [FEED]
    assert {asked.target for asked in server.seen} == {FEED, "http://one.test/robots.txt"}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://site.test/", ("No feed was found at http://site.test/", "/feed/")),
        ("http://nobody.test/", ("nobody.test answered 404",)),
        ("http://linked.test/", ("none of those that its page links can be read",)),
        ("http://down.test/", ("down.test answered 503", "Nothing was added")),
    ],
)
def test_a_site_without_a_feed_changes_nothing(
    home: HomeFolder, server: RudeServer, url: str, words: tuple[str, ...]
) -> None:
    site(server, "")
    links = b'<link rel="alternate" type="application/rss+xml" href="/gone.xml">'
    server.at("linked.test/", page(links, 200, "Content-Type: text/html"))
    server.at("down.test/", page(b"", 503))
    done = home.run("feeds", "add", url)
    assert done.code == 1
    assert all(word in done.err for word in words), done.err
    assert "Traceback" not in done.err
    assert followed(home) == []


def test_list_shows_what_polls_have_taught(home: HomeFolder, server: RudeServer) -> None:
    server.at("one.test/feed.xml", page(OLDER))
    home.follow((FEED, "http://dead.test/feed.xml"), f"http://127.0.0.1:{server.port}")
    before = home.run("feeds", "list")
    assert "not polled yet" in before.out
    home.run("poll")
    lost = document(FEED, [NOW - timedelta(minutes=n) for n in range(1, 6)])
    server.at("one.test/feed.xml", page(lost))
    home.run("poll", "--all")
    shown = home.run("feeds", "list", "--json")
    alive, dead = shown.report["feeds"]
    assert alive["url"] == FEED
    learnt = alive["learnt"]
    assert (learnt["entries_seen"], learnt["overflows"], learnt["last_outcome"]) == (
        8, 1, "new_entries")  # fmt: skip
    assert 300 <= learnt["poll_interval"] <= 600
    assert "some were lost" in learnt["next_poll_reason"]
    assert dead["learnt"]["consecutive_failures"] == 2
    text = home.run("feeds", "list").out
    assert "8 entries, last poll" in text
    assert "entries were lost between two polls, 1 time so far" in text
    assert "failing, 2 times in a row" in text
    assert "2 feeds, 1 failing, 1 have lost entries" in text
    published = home.sql("SELECT overflows, next_poll_reason FROM feeds WHERE overflows > 0")
    assert published[0][0] == 1


def test_check_says_what_a_poll_would_do_and_stores_nothing(
    home: HomeFolder, server: RudeServer
) -> None:
    server.at("one.test/feed.xml", page(OLDER))
    home.follow((FEED,), f"http://127.0.0.1:{server.port}")
    unknown = home.run("feeds", "check", "--json")
    assert unknown.code == 0, unknown.err
    assert not (home.folder / "state" / "working.duckdb").exists()
    assert (unknown.report["feeds"][0]["entries"], unknown.report["feeds"][0]["entries_new"]) == (
        3, 3)  # fmt: skip
    home.run("poll")
    polls = home.sql("SELECT count(*) FROM polls")
    same = home.run("feeds", "check", FEED, "--json").report["feeds"][0]
    assert (same["outcome"], same["followed"]) == ("not_modified", True)
    server.at("one.test/feed.xml", page(RSS))
    more = home.run("feeds", "check", FEED, "--json").report["feeds"][0]
    assert (more["outcome"], more["entries"], more["entries_new"]) == ("new_entries", 5, 2)
    assert more["next_poll_in"] >= 300
    assert more["next_poll_reason"]
    server.at("new.test/x", redirect(FEED, 301))
    text = home.run("feeds", "check", "http://new.test/x", "http://dead.test/")
    assert text.code == 1
    assert "has moved for good to http://one.test/feed.xml" in text.out
    assert "http_4xx: HTTP 404" in text.out
    assert "(not followed)" in text.out
    assert "2 feeds checked, 1 failed; nothing was stored" in text.out
    assert home.run("publish").code == 0
    assert home.sql("SELECT count(*) FROM polls") == polls
    assert home.run("check").code == 0


def test_removed_feeds_rest_and_keep_what_they_brought(
    home: HomeFolder, server: RudeServer
) -> None:
    server.at("one.test/feed.xml", page(RSS))
    home.follow((FEED, "http://two.test/feed.xml"), f"http://127.0.0.1:{server.port}")
    home.run("poll")
    missing = home.run("feeds", "remove", "http://two.test/feed.xml", "http://three.test/feed")
    assert missing.code == 2
    assert "http://three.test/feed" in missing.err
    assert len(followed(home)) == 2
    assert home.run("feeds", "remove", "https://www.one.test/feed.xml").code == 0
    assert followed(home) == ["http://two.test/feed.xml"]
    home.run("poll", "--all")
    assert home.sql("SELECT active, entries_seen FROM feeds ORDER BY url") == [
        (False, 5), (True, 0)]  # fmt: skip


def test_lists_go_in_and_out(home: HomeFolder, tmp_path: Path) -> None:
    opml = tmp_path / "in.opml"
    opml.write_text(
        '<opml version="1.0"><body><outline text="World"><outline text="Asia">'
        '<outline text="Asia &amp; more" xmlUrl="https://asia.example/feed"/></outline></outline>'
        '<outline text="x" xmlUrl="mailto:x@y"/></body></opml>',
        encoding="utf-8",
    )
    done = home.run("feeds", "import", str(opml), "--tag", "imported", "--json")
    assert done.report["added"] == ["https://asia.example/feed"]
    assert done.report["refused"] == ["mailto:x@y"]
    assert "# Asia & more\n[[feed]]" in feeds_file(home)
    assert 'tags = ["World", "Asia", "imported"]' in feeds_file(home)
    text = feeds_file(home) + '[[feed]]\nurl = "https://user:hunter2@secret.example/feed"\n'
    (home.folder / "feeds.toml").write_text(text, encoding="utf-8")
    out = tmp_path / "out.opml"
    exported = home.run("feeds", "export", str(out))
    assert exported.code == 0
    assert "secret.example" in exported.err
    assert "hunter2" not in exported.err + exported.out + out.read_text()
    assert home.run("feeds", "export").out == out.read_text(encoding="utf-8")
    other = HomeFolder(tmp_path / "other")
    assert "1 feed added" in other.run("feeds", "import", str(out)).out
    (feed,) = tomllib.loads(feeds_file(other))["feed"]
    assert feed == {"url": "https://asia.example/feed", "tags": ["World", "Asia", "imported"]}
    assert "# Asia & more\n" in feeds_file(other)
    again = home.run("feeds", "import", str(out))
    assert "0 feeds added" in again.out
    assert "already there: 1" in again.out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("import", "nowhere.opml"), 2, "nowhere.opml cannot be read"),
        (("import", "{home}/wirecopy.toml"), 1, "is no OPML"),
        (("check", "nonsense"), 2, "'nonsense' is no address"),
        (("add", ""), 2, "'' is no address"),
        (("add", "ftp://one.test/x"), 2, "'ftp://one.test/x' is no address"),
        (("add", "http://[bad"), 2, "'http://[bad' is no address"),
        (("remove", "https://a.example/"), 2, "lists no such feed"),
        (("export", "/proc/none/x"), 2, "cannot be written"),
    ],
)
def test_mistakes_are_explained(
    home: HomeFolder, words: tuple[str, ...], code: int, says: str
) -> None:
    done = home.run("feeds", *(word.replace("{home}", str(home.folder)) for word in words))
    assert (done.code, says in done.err, "Traceback" in done.err) == (code, True, False), done.err


def test_a_news_sitemap_is_polled_like_a_feed(home: HomeFolder, server: RudeServer) -> None:
    sitemap = "http://site.test/news.xml"
    server.at("site.test/news.xml", page(NEWS))
    server.at("site.test/index.xml", page(b"<sitemapindex><sitemap><loc>x</loc></sitemap>"
                                          b"</sitemapindex>"))  # fmt: skip
    text = "".join(f"<p>{words} of the harbour, where ships come and go.</p>" for words in (
        "The mayor spoke at the opening", "Nobody had expected so many visitors on the quays",
        "Fishermen and merchants shared the long tables until late at night in the new hall",
    ))  # fmt: skip
    server.at("site.test/a", page(f"<html><body><article><h1>A title</h1>{text}</article></body>"
                                  "</html>".encode(), 200, "Content-Type: text/html"))  # fmt: skip
    home.follow((sitemap, "http://site.test/index.xml"), f"http://127.0.0.1:{server.port}")
    home.run("poll")
    read = "SELECT format, language, title, last_outcome FROM feeds WHERE format <> ''"
    assert home.sql(read) == [("sitemap", "en", "The Site", "new_entries")]
    assert home.sql("SELECT url, title, published_at IS NOT NULL, status FROM entries") == [
        ("http://site.test/a", "A title", True, "done")]  # fmt: skip
    ((outcome, error),) = home.sql(
        "SELECT last_outcome, last_error FROM feeds WHERE url LIKE '%index%'"
    )
    assert outcome == "not_a_feed"
    assert "news sitemap" in error
    assert json.loads(home.run("feeds", "list", "--json").out)["feeds"][0]["learnt"]["format"] == (
        "sitemap")  # fmt: skip
