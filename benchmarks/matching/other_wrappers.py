"""Reprints unlike those of the generator that matching was built beside: `python -m
benchmarks.matching.other_wrappers`.

Real pages of the shared corpus, as our extraction leaves them, are reprinted under frames and with
attributions of twelve languages, cut, condensed, edited, set in other quotation marks, with
advertisements between the paragraphs; with them come what must not be joined: issues of templated
reports, briefings that hold several articles, commentaries that quote one, follow-ups with
another's background. Printed are scores by what was done, and with `--failures` every case that
went wrong.
"""

from __future__ import annotations

import argparse
import pickle
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.matching.real_pages import BATCH, page_articles
from benchmarks.matching.store import Held, Store
from benchmarks.matching.wrapped import Made, issues, reprints
from ingest.articles import MATCHED
from ingest.publishers import publisher_of
from ingest.types import Article
from ingest.words import folded_words

LEAST_WORDS = 150
MOST_WORDS = 2500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a page: whether it is right in each respect, None where that does not apply."""

    made: Made
    joined: bool
    relation: bool | None
    original: bool | None
    link: bool | None
    added: float | None
    said: str


def outcomes(made: Sequence[Made], held: Held) -> list[Outcome]:
    found = []
    for one in made:
        name, source = one.article.article_id, one.source.article_id
        story = held.stories[held.copies[name].story_id or ""]
        joined = held.copies[source].story_id == story.story_id
        reprint = held.reprints.get(name)
        links = [link.relation for link in held.links
                 if {link.from_article_id, link.to_article_id} == {name, source}]  # fmt: skip
        right_joined = joined == (one.relation is not None)
        both = joined and one.relation is not None
        said = (f"{story.original_status} {story.original_credit} "
                f"{reprint.relation if reprint else held.roles[name]} "
                f"{reprint.containment if reprint else 0:.2f} {links}")  # fmt: skip
        found.append(
            Outcome(
                one,
                right_joined,
                (reprint is not None and reprint.relation == one.relation) if both else None,
                # A page that credits another has its original elsewhere.
                story.original_article_id == source if both and not one.source.credits else None,
                one.link in links if one.link else None,
                _overlap(one.added, reprint.added_text) if both and reprint else None,
                said,
            )
        )
    return found


def _overlap(wanted: Sequence[str], found: str) -> float:
    ours, theirs = folded_words("\n".join(wanted)), folded_words(found)
    if not ours and not theirs:
        return 1.0
    left = list(theirs)
    common = 0
    for word in ours:
        if word in left:
            left.remove(word)
            common += 1
    return 2 * common / (len(ours) + len(theirs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=Path, help="file in which extracted articles are kept")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bases", type=int, default=400)
    parser.add_argument("--failures", action="store_true")
    asked = parser.parse_args()
    if asked.kept and asked.kept.exists():
        articles = pickle.loads(asked.kept.read_bytes())
    else:
        articles = [*page_articles()]
    bases = _bases([article for _, article in articles], asked.bases, asked.seed)
    made = reprints(bases, asked.seed)
    reports = issues(asked.seed)
    held = _load([*bases, *reports, *(one.article for one in made)])
    found = outcomes(made, held)
    _print(found, failures=asked.failures)
    ids = {article.article_id for article in reports}
    mixed = [story for story in held.stories.values() if story.article_count > 1
             and any(held.copies[name].story_id == story.story_id for name in ids)]  # fmt: skip
    print(f"issues of reports: {len(reports)}, in one story with another: "
          f"{sum(story.article_count for story in mixed)}")  # fmt: skip
    for story in mixed if asked.failures else ():
        print("   ", [held.copies[name].url_keys[0] for name in held.copies
                      if held.copies[name].story_id == story.story_id])  # fmt: skip


def _bases(articles: Sequence[Article], count: int, seed: int) -> list[Article]:
    """Articles of all languages, the rarer ones whole."""
    fit = [
        article
        for article in articles
        if article.content_status in MATCHED and LEAST_WORDS <= article.word_count <= MOST_WORDS
    ]
    fit = list({article.article_id: article for article in fit}.values())
    random.Random(seed).shuffle(fit)
    of: dict[str | None, list[Article]] = defaultdict(list)
    for article in fit:
        of[article.language].append(article)
    kept = [article for group in of.values() for article in group[: max(20, count // 4)]]
    return kept[:count]


def _load(articles: Sequence[Article]) -> Held:
    store = Store(publisher_of)
    ordered = sorted(articles, key=lambda one: (one.first_seen_at, one.article_id))
    for start in range(0, len(ordered), BATCH):
        store.take_in(ordered[start : start + BATCH])
    store.settle()
    return store.held


def _print(found: Sequence[Outcome], *, failures: bool) -> None:
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        by_kind[one.made.shows].append(one)
        by_kind["all"].append(one)
    print("| made as | pages | joined or apart, right | relation | original | link | added |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for kind, group in by_kind.items():
        columns: list[list[bool | float | None]] = [
            [one.joined for one in group],
            [one.relation for one in group],
            [one.original for one in group],
            [one.link for one in group],
            [one.added for one in group],
        ]
        shown = [[float(value) for value in values if value is not None] for values in columns]
        cells = [f"{sum(v) / len(v):.3f}" if v else "–" for v in shown]
        print(f"| {kind} | {len(group)} | " + " | ".join(cells) + " |")
    for one in found if failures else ():
        wrong = [name for name in ("joined", "relation", "original", "link")
                 if getattr(one, name) is False]  # fmt: skip
        if one.added is not None and one.added < 0.9:
            wrong.append(f"added {one.added:.2f}")
        if wrong:
            source = one.made.source
            print(f"{one.made.shows}: {', '.join(wrong)} wrong; {source.publisher} "
                  f"{source.language} {source.article_id} {source.word_count} words -> "
                  f"{one.made.article.publisher}; {one.said}")  # fmt: skip


if __name__ == "__main__":
    main()
