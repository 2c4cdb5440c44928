"""Lists of feeds in and out: shapes that readers export, and hostile ones."""

from __future__ import annotations

import pytest

from ingest.errors import NotAFeed
from ingest.feeds.opml import ListedFeed, read_opml, write_opml

NESTED = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0">
  <head><title>Subscriptions</title></head>
  <body>
    <outline text="World" title="World">
      <outline text="Asia" title="Asia">
        <outline type="rss" text="Asia Times" title="Asia Times"
          xmlUrl="https://asia.example/feed/" htmlUrl="https://asia.example/"/>
      </outline>
      <outline type="rss" text="World News" xmlUrl="https://world.example/rss.xml"/>
    </outline>
    <outline type="rss" text="No folder" xmlUrl="https://alone.example/atom.xml"/>
  </body>
</opml>"""

OTHER_CASES = """<OPML VERSION="1.1"><HEAD/><BODY>
<OUTLINE TEXT="Presse"><Outline Text="Le Monde" Type="RSS" XMLURL="http://monde.example/rss"
 HTMLURL="http://monde.example"/><outline title="Only a title" type="atom"
 xmlurl="http://title.example/a"/></OUTLINE></BODY></OPML>"""

WITH_MARK = (
    "\ufeff<?xml version='1.0' encoding='utf-16'?><opml version='2.0'><body>"
    "<outline text='Новости' xmlUrl='https://ria.example/rss' category='/Russia/State,agency'/>"
    "</body></opml>"
)

ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE opml [<!ENTITY paper "The Paper">]>
<opml version="1.0"><body>
<outline text="Arts &amp; Caf&eacute; &lt;new&gt;">
<outline text="&paper; &mdash; front & back" type="rss"
  xmlUrl="https://paper.example/rss?section=arts&amp;format=xml&lang=en"/></outline>
</body></opml>"""

DUPLICATES = """<opml version="2.0"><body>
<outline text="Agencies"><outline text="ANSA" xmlUrl="https://ansa.example/rss.xml"/></outline>
<outline text="Italy"><outline text="Ansa again" xmlUrl="http://www.ansa.example/rss.xml"/>
<outline text="RAI" xmlUrl="feed://rai.example/rss"/></outline>
<outline text="A page, no feed" type="link" url="https://page.example/"/>
<outline text="Bad" xmlUrl="javascript:alert(1)"/><outline text="Old" xmlUrl="feed:https://old.example/f"/>
</body></opml>"""

PAPER = "https://paper.example/rss?section=arts&format=xml&lang=en"

SHAPES = {
    "nested folders": (
        NESTED,
        [
            ListedFeed("https://asia.example/feed/", "Asia Times", "https://asia.example/",
                       ("World", "Asia")),
            ListedFeed("https://world.example/rss.xml", "World News", "", ("World",)),
            ListedFeed("https://alone.example/atom.xml", "No folder"),
        ],
    ),
    "names in other cases": (
        OTHER_CASES,
        [
            ListedFeed("http://monde.example/rss", "Le Monde", "http://monde.example",
                       ("Presse",)),
            ListedFeed("http://title.example/a", "Only a title", "", ("Presse",)),
        ],
    ),
    "a byte order mark and categories": (
        WITH_MARK,
        [ListedFeed("https://ria.example/rss", "Новости", "", ("Russia", "State", "agency"))],
    ),
    "entities": (
        ENTITIES,
        [ListedFeed(PAPER, "The Paper — front & back", "", ("Arts & Café <new>",))],
    ),
    "duplicates": (
        DUPLICATES,
        [
            ListedFeed("https://ansa.example/rss.xml", "ANSA", "", ("Agencies", "Italy")),
            ListedFeed("http://rai.example/rss", "RAI", "", ("Italy",)),
            ListedFeed("https://old.example/f", "Old"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("shape", SHAPES)
def test_lists_are_read_and_written_without_loss(shape: str, encoding: str) -> None:
    text, wanted = SHAPES[shape]
    if encoding == "utf-16":
        text = text.removeprefix("\ufeff")
    feeds, refused = read_opml(text.encode(encoding), url="feeds.opml")
    assert feeds == wanted
    assert refused == (["javascript:alert(1)"] if shape == "duplicates" else [])
    again, _ = read_opml(write_opml(feeds, title="Mine"), url="again.opml")
    assert again == feeds


def test_folders_are_written_once_and_in_order() -> None:
    feeds = [
        ListedFeed("https://a.example/1", "One", tags=("x", "y")),
        ListedFeed("https://a.example/2", "Two", tags=("z",)),
        ListedFeed("https://a.example/3", "Three", tags=("x",)),
        ListedFeed("https://a.example/4", "Four", tags=("x", "y")),
    ]
    written = write_opml(feeds, title="Mine").decode()
    assert written.count('text="x"') == written.count('text="y"') == 1
    assert written.index("Four") < written.index("Three") < written.index("Two")


def test_a_bomb_of_entities_and_outside_entities_come_to_nothing() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        f'<!DOCTYPE opml [<!ENTITY e0 "ha"><!ENTITY file SYSTEM "file:///etc/passwd">{bomb}]>'
        '<opml><body><outline text="&e11;&file;" xmlUrl="https://a.example/&e11;"/>'
        '<outline text="Good" xmlUrl="https://b.example/feed"/></body></opml>'
    )
    feeds, _ = read_opml(text.encode(), url="bomb.opml")
    assert feeds[-1].url == "https://b.example/feed"
    assert "root:" not in str(feeds)
    assert len(str(feeds)) < 1000


def test_deep_nesting_does_no_harm() -> None:
    depth = 200
    text = (
        "<opml><body>" + '<outline text="f">' * depth
        + '<outline text="x" xmlUrl="https://a.example/f"/>' + "</outline>" * depth
        + "</body></opml>"
    )  # fmt: skip
    ((feed,), _) = read_opml(text.encode(), url="deep.opml")
    assert feed.tags == ("f",)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>no list</body></html>", b"{}", b"<rss/>", b"<opml><body><outline text="],
)
def test_what_is_no_list_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(NotAFeed, match=r"mine\.opml"):
        read_opml(body, url="mine.opml")
