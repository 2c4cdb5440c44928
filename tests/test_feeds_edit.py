"""The feeds file changed without touching what the user wrote around it."""

from __future__ import annotations

import tomllib

import pytest

from flows.feeds_edit import add_feeds, remove_feed, titles_in
from flows.feeds_file import feed_id_of
from ingest.errors import ConfigurationError
from ingest.feeds.opml import ListedFeed

FILE = """# My feeds.

# --- Agencies ---

# The first
[[feed]]
url = "https://one.example/feed"   # a good one
tags = [
  "agency",
  "[en]",
]

[[ feed ]]
url = 'https://two.example/feed'
[feed.headers]
Authorization = "env:KEY"

# --- Others ---

# The third
# in two lines
[[feed]]
url = "https://three.example/feed"
# about its tags
tags = ["x"]

# Publishers
[[publisher]]
domain = "bbc.com"
aliases = ["bbc.co.uk"]
"""


def urls(text: str) -> list[str]:
    return [table["url"] for table in tomllib.loads(text).get("feed", [])]


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("one", ['# The first\n[[feed]]\nurl = "https://one.example/feed"', '"[en]"']),
        ("two", ["two.example", "[feed.headers]"]),
        ("three", ["# The third\n# in two lines", "# about its tags", "three.example"]),
    ],
)
def test_a_removed_feed_takes_its_comment_and_nothing_else(name: str, gone: list[str]) -> None:
    changed = remove_feed(FILE, feed_id_of(f"https://{name}.example/feed"))
    assert urls(changed) == [url for url in urls(FILE) if name not in url]
    assert not [words for words in gone if words in changed]
    lines = iter(FILE.splitlines())
    assert all(line in lines for line in changed.splitlines())
    for section in ("# My feeds.", "# --- Agencies ---", "# --- Others ---", "# Publishers"):
        assert section in changed
    assert tomllib.loads(changed)["publisher"] == tomllib.loads(FILE)["publisher"]


def test_all_feeds_can_be_removed_one_by_one() -> None:
    text = FILE
    for name in ("two", "one", "three"):
        text = remove_feed(text, feed_id_of(f"https://{name}.example/feed"))
    assert urls(text) == []
    assert "bbc.com" in text


def test_added_feeds_follow_what_is_there() -> None:
    feeds = [
        ListedFeed('https://new.example/"quoted"\\', "A title\nwith # signs", tags=("é", 'a "b"')),
        ListedFeed("https://plain.example/feed"),
    ]
    for before in (FILE, FILE.rstrip("\n"), "", "# only a comment"):
        changed = add_feeds(before, feeds)
        assert changed.startswith(before)
        added = tomllib.loads(changed)["feed"][-2:]
        assert added == [
            {"url": feeds[0].url, "tags": list(feeds[0].tags)},
            {"url": "https://plain.example/feed"},
        ]
        assert "# A title with # signs\n[[feed]]" in changed


@pytest.mark.parametrize(
    "text",
    ['feed = [{url = "https://one.example/feed"}]\n', 'note = """\n[[feed]]\n"""\n' + FILE],
)
def test_a_file_written_in_another_way_is_left_alone(text: str) -> None:
    with pytest.raises(ConfigurationError, match="by hand"):
        remove_feed(text, feed_id_of("https://one.example/feed"))
    if text.startswith("feed"):
        with pytest.raises(ConfigurationError, match="by hand"):
            add_feeds(text, [ListedFeed("https://two.example/feed")])


def test_a_feed_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(ConfigurationError, match="no such feed"):
        remove_feed(FILE, feed_id_of("https://four.example/feed"))


def test_titles_are_the_comments_above() -> None:
    assert titles_in(FILE) == ["The first", "", "in two lines"]
