"""Stories: which articles carry the same text, and which of them is the original."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from ingest.ids import mint
from ingest.match import (
    Match,
    Text,
    added_paragraphs,
    compare,
    relation,
    share,
    shared_hashes,
    similarity,
)
from ingest.types import (
    Article,
    Candidates,
    Copy,
    Reprint,
    Role,
    Story,
    StoryDecisions,
)
from ingest.urls import url_key

SHARED_HASHES = 3
"""Two articles of one batch are compared when their sketches share so many hashes."""

CANONICAL_WEIGHT = 6
"""rel=canonical to another publisher says it outright."""

EARLIEST_WEIGHT = 2
"""Earliest publication decides where nothing better does; clocks are sometimes wrong."""


def as_copy(article: Article) -> Copy:
    """A new article, as far as matching needs it."""
    return Copy(
        article_id=article.article_id,
        story_id=None,
        publisher=article.publisher,
        title=article.title,
        body=article.body,
        language=article.language,
        url_keys=article.url_keys,
        declared_canonical_url=article.declared_canonical_url,
        published_at=article.published_at,
        published_precision=article.published_precision,
        sort_at=article.sort_at,
        first_seen_at=article.first_seen_at,
    )


def canonical_key(copy: Copy | Article) -> str | None:
    """The URL key of the address the page declares as its original; None when it is its own, and
    for a front page, which is no article."""
    key = url_key(copy.declared_canonical_url) if copy.declared_canonical_url else None
    if key is None or key in copy.url_keys or not urlsplit(key).path.strip("/"):
        return None
    return key


class Comparisons:
    """Texts and their comparisons, each made once: a batch that has to be judged again, because
    others were loaded meanwhile, costs only what is new."""

    def __init__(self) -> None:
        self._texts: dict[str, Text] = {}
        self._matches: dict[tuple[str, str], Match | None] = {}

    def text(self, copy: Copy) -> Text:
        if copy.article_id not in self._texts:
            self._texts[copy.article_id] = Text(copy.body)
        return self._texts[copy.article_id]

    def match(self, one: Copy, other: Copy) -> Match | None:
        pair = (min(one.article_id, other.article_id), max(one.article_id, other.article_id))
        if pair not in self._matches:
            same_publisher = one.publisher == other.publisher
            self._matches[pair] = compare(
                self.text(one), self.text(other), same_publisher=same_publisher
            )
        return self._matches[pair]


def decide_stories(
    batch: Sequence[Article],
    candidates: Candidates,
    *,
    publisher_of: Callable[[str], str],
    compared: Comparisons,
) -> StoryDecisions:
    """Place every article of the batch in a story, and judge the stories it touches.

    An article joins the story of the article it matches best, stored or of the same batch; one that
    matches none starts a story of its own.
    """
    ordered = sorted(batch, key=lambda article: (article.sort_at, article.article_id))
    copies = {**candidates.copies, **{a.article_id: as_copy(a) for a in ordered}}
    by_key: dict[str, str] = {}
    for name, copy in copies.items():
        for key in copy.url_keys:
            by_key.setdefault(key, name)
    # Those that name their original come after the others, so that it has its story by then.
    ordered.sort(key=lambda article: canonical_key(article) in by_key)
    likely = _likely_pairs(ordered, candidates)

    story_of = {name: copy.story_id for name, copy in copies.items() if copy.story_id}
    for article in ordered:
        copy = copies[article.article_id]
        named = by_key.get(canonical_key(copy) or "")
        best = named if named in story_of else _best_match(copy, likely, story_of, copies, compared)
        story_of[article.article_id] = story_of[best] if best else mint("s", article.url_keys[0])

    touched = {story_of[article.article_id] for article in ordered}
    members: dict[str, list[Copy]] = defaultdict(list)
    for name, story_id in story_of.items():
        if story_id in touched:
            members[story_id].append(copies[name])
    judged = [
        _judge(story_id, members[story_id], compared, publisher_of) for story_id in sorted(touched)
    ]
    return StoryDecisions(
        stories=tuple(story for story, _, _ in judged),
        roles={
            name: (story.story_id, role)
            for story, roles, _ in judged
            for name, role in roles.items()
        },
        reprints=tuple(reprint for _, _, reprints in judged for reprint in reprints),
    )


def _likely_pairs(ordered: Sequence[Article], candidates: Candidates) -> dict[str, set[str]]:
    """For each new article, the articles that it is worth comparing with."""
    likely = {a.article_id: set(candidates.pairs.get(a.article_id, ())) for a in ordered}
    sketches = {article.article_id: article.sketch for article in ordered}
    for one, other in shared_hashes(sketches, least=SHARED_HASHES):
        likely[one].add(other)
        likely[other].add(one)
    return likely


def _best_match(
    copy: Copy,
    likely: Mapping[str, set[str]],
    story_of: Mapping[str, str],
    copies: Mapping[str, Copy],
    compared: Comparisons,
) -> str | None:
    best: tuple[float, str] | None = None
    for other in likely[copy.article_id]:
        if other not in story_of:
            continue  # of this batch, and not placed yet: it will look at this one
        match = compared.match(copy, copies[other])
        if match and (best is None or (match.containment, other) > best):
            best = (match.containment, other)
    return best[1] if best else None


def _judge(
    story_id: str,
    members: Sequence[Copy],
    compared: Comparisons,
    publisher_of: Callable[[str], str],
) -> tuple[Story, dict[str, Role], list[Reprint]]:
    original, credit = _find_original(members, publisher_of)
    representative = original or max(
        members,
        key=lambda copy: (
            len(compared.text(copy).distinct),
            -copy.sort_at.timestamp(),
            copy.article_id,
        ),
    )
    roles: dict[str, Role] = {}
    for copy in members:
        if copy is original:
            roles[copy.article_id] = "original"
        elif original and copy.publisher == original.publisher:
            roles[copy.article_id] = "update"
        else:
            roles[copy.article_id] = "reprint"
    story = Story(
        story_id=story_id,
        representative_article_id=representative.article_id,
        original_article_id=original.article_id if original else None,
        original_status="held" if original else "not_held",
        original_credit=credit,
        title=representative.title,
        language=representative.language,
        first_published_at=min(copy.sort_at for copy in members),
        last_published_at=max(copy.sort_at for copy in members),
        article_count=len(members),
        publisher_count=len({copy.publisher for copy in members}),
    )
    reprints = [
        _reprint(copy, story, representative, original, compared)
        for copy in members
        if roles[copy.article_id] == "reprint"
    ]
    return story, roles, reprints


def _find_original(
    members: Sequence[Copy], publisher_of: Callable[[str], str]
) -> tuple[Copy | None, str | None]:
    """The original among the members, and the publisher that members credit.

    A member that others name by rel=canonical and that names no other itself, else the earliest
    published. None when a member names an address of a publisher none of whose articles is in the
    story.
    """
    by_key = {key: copy for copy in members for key in copy.url_keys}
    named: dict[str, int] = defaultdict(int)
    elsewhere: dict[str, int] = defaultdict(int)
    naming: set[str] = set()
    for copy in members:
        key = canonical_key(copy)
        publisher = publisher_of(key) if key else copy.publisher
        if key is None or publisher == copy.publisher:
            continue
        naming.add(copy.article_id)
        if key in by_key:
            named[by_key[key].article_id] += 1
        else:
            elsewhere[publisher] += 1
    if named:
        original = min(
            (copy for copy in members if copy.article_id in named),
            key=lambda copy: (
                copy.article_id in naming,
                -named[copy.article_id],
                _publication_order(copy),
            ),
        )
        return original, original.publisher
    publishers = {copy.publisher for copy in members}
    absent = {name: count for name, count in elsewhere.items() if name not in publishers}
    if absent:
        return None, max(absent, key=lambda name: (absent[name], name))
    credited = [copy for copy in members if copy.publisher in elsewhere] or members
    return min(credited, key=_publication_order), next(iter(sorted(elsewhere)), None)


def _publication_order(copy: Copy) -> tuple[datetime, bool, datetime, str]:
    """Days first, since most dates are no finer; then times where they are known."""
    if copy.published_at is None:
        day = copy.first_seen_at.astimezone(UTC)
    else:
        day = copy.published_at.astimezone(UTC)
    coarse = copy.published_precision in (None, "day")
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, coarse, copy.sort_at, copy.article_id


def _reprint(
    copy: Copy,
    story: Story,
    representative: Copy,
    original: Copy | None,
    compared: Comparisons,
) -> Reprint:
    source, text = compared.text(representative), compared.text(copy)
    return Reprint(
        article_id=copy.article_id,
        story_id=story.story_id,
        original_article_id=story.original_article_id,
        relation=relation(source, text),
        containment=share(source.distinct, text.distinct),
        similarity=similarity(source, text),
        lag=_lag(original, copy) if original else None,
        added_text="\n".join(added_paragraphs(source, text)),
        evidence=_evidence(copy, original),
    )


def _lag(original: Copy, copy: Copy) -> timedelta | None:
    exact = ("second", "minute")
    if copy.published_precision not in exact or original.published_precision not in exact:
        return None
    if copy.published_at is None or original.published_at is None:
        return None
    return copy.published_at - original.published_at


def _evidence(copy: Copy, original: Copy | None) -> tuple[Mapping[str, object], ...]:
    key = canonical_key(copy)
    if key and (original is None or key in original.url_keys):
        words = copy.declared_canonical_url
        return ({"signal": "canonical", "weight": CANONICAL_WEIGHT, "words": words},)
    if (
        original
        and original.published_at
        and _publication_order(original) < _publication_order(copy)
    ):
        words = original.published_at.astimezone(UTC).isoformat()
        return ({"signal": "earliest", "weight": EARLIEST_WEIGHT, "words": words},)
    return ()
