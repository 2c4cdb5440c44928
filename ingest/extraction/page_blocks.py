"""Blocks of a page told by their names and links: of other pages, lists of links, headings."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from ingest.words import folded_line

LINK_SHARE = 0.8
"""Share of a block's text that is links, from which on it is nothing else."""
MAX_FOREIGN_BLOCK = 3000
"""Characters. A longer block may be the article under an odd name."""

# In small letters, as are the names they are searched in, and beginning with few marks (therefore
# names get a space in front): `re` then passes over the rest several times faster.
_FOREIGN_BLOCK = re.compile(
    r"[\s_-](?:newsletters?|related|recommend\w*|most-?(?:read|popular|viewed)|trending|popular|"
    r"latest-?(?:news|stories|posts)\w*|more-?(?:stories|news|from|articles)\w*|read-?(?:also|next)|see-?also|"
    r"share|sharing|social|signup|sign-up|subscribe|subscription|comments?|disqus|promos?|"
    r"author-?(?:bio|box|info)|about-?author|bio|cookie\w*|consent|gdpr|breadcrumbs?|taboola|outbrain|"
    r"adverts?|advertisement|sponsored|teasers?)(?:$|[\s_-])"
)
_FOREIGN_WORD = re.compile(r"[a-z](?:newsletter|related|recommend|teaser|socialshare)")
_CONSENT_BLOCK = re.compile(
    r"onetrust|ot-sdk(?<=[\s_-]ot-sdk)|didomi|usercentrics|cybot|qc-cmp|sp_message|truste|"
    + "|".join(
        rf"{word}[\w-]*(?:banner|bar|consent|dialog|law|manager|modal|notice|popup|sdk|wrapper)"
        for word in ("cookie", "consent", "gdpr", "ccpa")
    )
)
"""Tools that ask for consent, whose text can be longer than an article."""
_CONTENT_BLOCK = re.compile(
    r"(?:article|entry|post|story|main|page|body)[-_]*(?:content|body|text)|content[-_]*(?:body|main|article)|slide"
)
_ARTICLE_BODY = etree.XPath("//@itemprop[. = 'articleBody']/..")


_TOPICS = re.compile(r"(?:^|\s)(?:category|tag)-\S+")


def names_of(block: HtmlElement) -> str:
    """Class and id of a block, without the topics of its article that WordPress puts there
    ("tag-newsletters")."""
    names = f"{block.get('class') or ''} {block.get('id') or ''}"
    return _TOPICS.sub("", names) if "category-" in names or "tag-" in names else names


def prune(tree: HtmlElement) -> int:
    """Take out of a page the blocks that their class or id calls something else than the article:
    newsletter boxes, related stories, sharing, comments. Returns how many. A block that holds the
    headline, the article's body or much of the page's text stays, whatever it is called.
    """
    named = [
        block
        for block in tree.iter("div", "section", "aside", "ul", "form")
        if _is_foreign(names_of(block))
    ]
    around = {block for body in _ARTICLE_BODY(tree) for block in body.iterancestors()}
    removed = 0
    for block in named:
        if block.getparent() is None or block in around or _holds_article(block):
            continue
        block.drop_tree()
        removed += 1
    return removed


@lru_cache(maxsize=20_000)
def _is_foreign(names: str) -> bool:
    if names == " ":
        return False
    lowered = f" {names.lower()}"
    if _FOREIGN_BLOCK.search(lowered) or _FOREIGN_WORD.search(lowered):
        return _CONTENT_BLOCK.search(lowered) is None
    return _CONSENT_BLOCK.search(lowered) is not None


def _holds_article(block: HtmlElement) -> bool:
    if next(block.iter("h1", "article"), None) is not None:
        return True
    if len(block.text_content()) <= MAX_FOREIGN_BLOCK:
        return False
    return _CONSENT_BLOCK.search(f" {names_of(block).lower()}") is None


def linked_lines(tree: HtmlElement) -> frozenset[str]:
    """The folded text of the page's blocks that are nothing but links to other pages."""
    blocks: dict[HtmlElement, int] = {}
    for link in tree.iter("a"):
        target = (link.get("href") or "").strip()
        if not target or target.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        block = _block_of(link)
        if block is not None:
            blocks[block] = blocks.get(block, 0) + _length(link)
    found = set()
    for block, linked in blocks.items():
        if linked >= 12:
            text = " ".join(block.text_content().split())
            if len(text) <= 300 and linked >= LINK_SHARE * len(text):
                found.add(folded_line(text))
    return frozenset(found)


def subheadings(tree: HtmlElement) -> frozenset[str]:
    """The folded text of the page's headings of second to fourth rank that lead nowhere else."""
    return frozenset(
        folded_line(heading.text_content())
        for heading in tree.iter("h2", "h3", "h4")
        if next(heading.iter("a"), None) is None and heading.getparent().tag != "a"
    )


_BLOCKS = frozenset({"p", "li", "h2", "h3", "h4", "h5", "h6", "div", "dd", "td", "blockquote"})


def _block_of(link: HtmlElement) -> HtmlElement | None:
    for at, ancestor in enumerate(link.iterancestors()):
        if ancestor.tag in _BLOCKS:
            return ancestor if ancestor.tag != "div" or len(ancestor) <= 4 else None
        if at > 3:
            break
    return None


def _length(element: HtmlElement) -> int:
    return len(" ".join(element.text_content().split()))
