"""Titles and summaries as plain text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.plaintext import plain_text

CASES = [
    ("A plain headline", "A plain headline"),
    ("  folds \n\t white\xa0\u3000space ", "folds white space"),
    # markup
    ("a <b>bold</b> word", "a bold word"),
    ("<p>One.</p><p>Two.</p>", "One. Two."),
    ("line<br/>break<BR>again", "line break again"),
    ("<b>M</b>ost", "Most"),
    ('<a href="x" title="a > b">text</a>', "text"),
    ("<img src=x onerror=alert(1)>shown", "shown"),
    ("x<script>alert(1)</script>y<style>p{}</style>z", "x y z"),
    ("x<!-- hidden -->y", "x y"),
    ("<![CDATA[inside <b>it</b>]]>", "inside it"),
    ("<o:p>office</o:p> <my-tag>custom</my-tag>", "office custom"),
    ('cut off <a href="https://example.com/lo', "cut off"),
    # what only looks like markup
    ("a < b and c > d", "a < b and c > d"),
    ("1<2", "1<2"),
    ("I <3 news", "I <3 news"),
    ("List<String> in <unknown>", "List<String> in <unknown>"),
    # entities
    ("AT&amp;T", "AT&T"),
    ("AT&amp;amp;T", "AT&T"),
    ("caf&eacute; &#8211; &#x2014;", "café – —"),
    ("5 &lt; 6", "5 < 6"),
    ("&lt;p&gt;escaped twice&lt;/p&gt;", "escaped twice"),
    ("a&nbsp;b", "a b"),
    ("R&D & more", "R&D & more"),
    ("x&#99999999999999;y", "x\ufffdy"),
    ("x&#xD800;y", "x\ufffdy"),
    # characters
    ("he\u200bllo\ufeff", "hello"),
    ("safe\u202eevil\u202c \u2066x\u2069", "safeevil x"),
    ("soft\u00adhyphen", "softhyphen"),
    ("bell\x07 esc\x1b nul\x00", "bell esc nul"),
    ("lone\ud83d half", "lone half"),
    ("a\u200db", "ab"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ("e\u0301", "é"),
    ("", ""),
]

HOSTILE = {
    "openings": "<" * 300_000,
    "spaced openings": "< " * 150_000,
    "nested tags": "<b>" * 200_000 + "</b>" * 200_000,
    "unfinished tags": "<a " * 100_000,
    "unfinished values": "<a \"'" * 100_000,
    "one long tag": "<a " + "x " * 250_000,
    "unfinished scripts": "<script>" * 60_000,
    "unfinished comments": "<!--" * 100_000,
    "ampersands": "&" * 500_000,
    "one huge reference": "&#" + "9" * 500_000 + ";",
    "unknown entities": ("&" + "a" * 40) * 12_000,
    "combining marks": "a" + "\u0301\u0316" * 250_000,
    "joiners": "\u200c" * 500_000,
}


@pytest.mark.parametrize(("markup", "text"), CASES)
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize("name", HOSTILE)
def test_no_input_takes_long(name: str) -> None:
    started = time.process_time()
    plain_text(HOSTILE[name])
    assert time.process_time() - started < 5


def test_limit_is_a_number_of_characters() -> None:
    assert plain_text("<p>one two three</p>", 8) == "one two"
    assert len(plain_text("<b>x</b>" * 100_000, 500)) == 500


@given(st.text(), st.integers(0, 50))
def test_result_is_one_clean_line_within_the_limit(text: str, limit: int) -> None:
    plain = plain_text(text, limit)
    assert len(plain) <= limit
    assert not re.search("[\x00-\x1f\x7f\u200b\u202a-\u202e\ud800-\udfff]", plain)
    assert plain == plain.strip()
    plain.encode()


@given(st.text("<>/=\"'ab &;#x!-[]p", max_size=60))
def test_no_known_tag_is_left(text: str) -> None:
    assert not re.search(r"</?(?:a|b|p)>", plain_text(text))
