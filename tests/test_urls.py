"""URL keys: equivalent spellings meet, different articles never do. Links and publishers."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.publishers import publisher_of
from ingest.urls import clean_link, url_key

ARTICLE = "https://example.com/news/2024/03/05/story"

SAME_PAGE = [
    "http://example.com/news/2024/03/05/story",
    "HTTPS://Example.COM/news/2024/03/05/story",
    "https://www.example.com/news/2024/03/05/story/",
    "https://example.com:443/news/2024/03/05/story",
    "http://example.com:80/news/2024/03/05/story",
    "https://example.com./news/2024/03/05/story",
    "https://reader:secret@example.com/news/2024/03/05/story",
    "https://example.com/news/2024/03/05/story#comments",
    "https://example.com/news/2024/03/05/story?utm_source=rss&utm_medium=feed",
    "https://example.com/news/2024/03/05/story?fbclid=abc&gclid=def&mc_cid=1",
    "https://example.com/news/2024/03/05/story?CMP=share_btn_tw",
    "https://example.com/news/2024/03/05/story?ref=rss",
    "https://example.com/news/2024/03/05/story?",
    "https://example.com/news/2024/03/05/story/amp",
    "https://example.com/news/2024/03/05/story/amp/",
    "https://example.com/news/2024/03/05/story?amp=1",
    "https://example.com/news/2024/03/05/story?amp",
    "https://amp.example.com/news/2024/03/05/story",
    "https://example.com/news/2024/03/./05/x/../story",
    "https://example.com/news/2024/03/05/%73tory",
    " https://example.com/news/2024/03/05/story\n",
    "https:\\\\example.com\\news\\2024\\03\\05\\story",
]

OTHER_PAGES = [
    "https://example.com/news/2024/03/05/Story",
    "https://example.com/news/2024/03/05/story-2",
    "https://example.com/news/2024/03/05/story?page=2",
    "https://example.com/news/2024/03/05/story?cid=7",
    "https://example.com/news/2024/03/05/story?source=7",
    "https://example.com/news/2024/03/05/story.html",
    "https://example.com:8443/news/2024/03/05/story",
    "https://m.example.com/news/2024/03/05/story",
    "https://example.org/news/2024/03/05/story",
    "https://example.com/news/2024/03/05/st%2Fory",
]


@pytest.mark.parametrize("url", SAME_PAGE)
def test_spellings_of_one_page_meet(url: str) -> None:
    assert url_key(url) == ARTICLE


@pytest.mark.parametrize("url", OTHER_PAGES)
def test_other_pages_do_not_meet(url: str) -> None:
    key = url_key(url)
    assert key is not None
    assert key != ARTICLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a?x=1&y=2", "http://www.example.com/a?y=2&x=1"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://example.com", "http://www.example.com/?utm_source=x"),
        ("https://example.com/%7Euser/%c3%a9", "https://example.com/~user/é"),
        ("https://[2001:DB8::1]/a", "https://[2001:db8:0::1]/a"),
    ],
)
def test_pairs_meet(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


def test_sections_called_amp_and_single_label_hosts_stay() -> None:
    assert url_key("https://example.com/amp") == "https://example.com/amp"
    assert url_key("https://www.com/") == "https://www.com/"
    assert url_key("https://amp.dev/") == "https://amp.dev/"


@pytest.mark.parametrize(
    "url",
    ["", "story.html", "/a", "//example.com/a", "mailto:a@example.com", "javascript:alert(1)",
     "data:text/html,x", "ftp://example.com/", "https://", "http://a b/", "http://[::1", "x" * 9000,
     "https://example.com/" + "x" * 9000],
)  # fmt: skip
def test_what_is_no_absolute_web_address_has_no_key(url: str) -> None:
    assert url_key(url) is None


LABEL = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
HOSTS = st.builds("{}.{}.org".format, LABEL, LABEL)
SEGMENT = st.text(string.ascii_letters + string.digits + "-_.~é%+ ", min_size=1, max_size=12)
PATHS = st.lists(SEGMENT, max_size=4).map("/".join)
NAMES = st.sampled_from(["id", "p", "page", "story", "article_id", "q", "lang", "v"])
QUERIES = st.lists(st.tuples(NAMES, LABEL), max_size=4, unique_by=lambda pair: pair[0])


def address(host: str, path: str, query: list[tuple[str, str]]) -> str:
    return f"https://{host}/{path}?" + "&".join(f"{name}={value}" for name, value in query)


@given(st.one_of(st.text(), st.builds(address, HOSTS, st.text(max_size=30), QUERIES)))
def test_a_key_is_its_own_key(text: str) -> None:
    key = url_key(text)
    assert key is None or url_key(key) == key


@given(HOSTS, PATHS, QUERIES, st.randoms(use_true_random=False))
def test_noise_changes_no_key(host: str, path: str, query: list[tuple[str, str]], chance) -> None:  # type: ignore[no-untyped-def]
    noisy = [*query, ("utm_campaign", "x"), ("fbclid", "y")]
    chance.shuffle(noisy)
    spelled = address("WWW." + host.upper(), path.rstrip("/") + "/", noisy) + "#top"
    assert url_key(spelled.replace("https", "http", 1)) == url_key(address(host, path, query))


@given(HOSTS, st.lists(LABEL, min_size=1, max_size=3), LABEL, LABEL)
def test_another_last_segment_is_another_page(
    host: str, folders: list[str], one: str, other: str
) -> None:
    assume(one != other and "amp" not in (one, other))
    base = f"https://{host}/{'/'.join(folders)}"
    assert url_key(f"{base}/{one}") != url_key(f"{base}/{other}")


@given(HOSTS, NAMES, LABEL, LABEL)
def test_another_value_of_a_parameter_is_another_page(
    host: str, name: str, one: str, other: str
) -> None:
    assume(one != other)
    assert url_key(f"https://{host}/?{name}={one}") != url_key(f"https://{host}/?{name}={other}")


BASE = "https://news.example.com/feeds/all.xml"


@pytest.mark.parametrize(
    ("raw", "link"),
    [
        ("https://Example.com/A/?utm_source=x#y", "https://Example.com/A/?utm_source=x#y"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("https://example.com/a\n/b", "https://example.com/a/b"),
        ("/story?id=1", "https://news.example.com/story?id=1"),
        ("story.html", "https://news.example.com/feeds/story.html"),
        ("//cdn.example.com/a", "https://cdn.example.com/a"),
        ("?p=12", "https://news.example.com/feeds/all.xml?p=12"),
        ("www.example.org/a", "https://www.example.org/a"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("mailto:desk@example.com", "mailto:desk@example.com"),
        ("http://[::1", "http://[::1"),
        ("\ud800https://example.com/\x00a", "https://example.com/a"),
        ("", None),
        (" \n\x00", None),
        ("https://example.com/" + "x" * 9000, None),
    ],
)
def test_links_are_made_absolute_and_otherwise_left_alone(raw: str, link: str | None) -> None:
    assert clean_link(raw, BASE) == link


def test_a_relative_link_without_a_base_is_kept_for_its_refusal() -> None:
    assert clean_link("/story", None) == "/story"


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("https://news.bbc.co.uk", "bbc.co.uk"),
        ("HTTP://User:Secret@News.Example.COM:8080/a", "example.com"),
        ("alice.substack.com", "alice.substack.com"),
        ("https://substack.com/home", "substack.com"),
        ("https://www.alice.substack.com", "alice.substack.com"),
        ("https://outlet.github.io/a", "outlet.github.io"),
        ("https://outlet.wordpress.com/a", "outlet.wordpress.com"),
        ("a.b.outlet.unknownsuffix", "outlet.unknownsuffix"),
        ("localhost:8000", "localhost"),
        ("http://127.0.0.1:8000/feed", "127.0.0.1:8000"),
        ("http://127.0.0.1/feed", "127.0.0.1:80"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("https://[::1]:8443/", "[::1]:8443"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://example.com?x=/a.b", "example.com"),
        ("https://example.com\\@other.org/", "example.com"),
        ("", ""),
    ],
)
def test_publisher_is_the_registered_domain(url: str, publisher: str) -> None:
    assert publisher_of(url) == publisher


def test_aliases_lead_to_the_main_domain() -> None:
    aliases = {"bbc.co.uk": "bbc.com"}
    assert publisher_of("https://www.bbc.co.uk/news", aliases) == "bbc.com"
    assert publisher_of("https://www.bbc.com/news", aliases) == "bbc.com"
    assert publisher_of("https://www.bbc.co.uk/news") == "bbc.co.uk"


@given(st.text())
def test_any_text_has_a_publisher_and_no_secret_in_it(text: str) -> None:
    assert "@" not in publisher_of(text.replace("@", "x@"))
