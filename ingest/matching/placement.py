"""Placing articles in stories: each joins the story whose original, or fullest member, it copies.

A story is held together by that member and not by friends of friends, and a page that holds several
stories is in none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from ingest.matching.comparisons import WHOLE_QUOTED, Comparisons, Edge
from ingest.matching.originals import attribute, publication_order
from ingest.types import Copy

DISJOINT = 0.3
"""Two pieces of a page lie apart when they share less than this of the shorter one's extent."""

NEARLY_ALL = 0.8
"""A page of which one text fills more than this is that text, and no round-up, unless it holds the
whole of another article too."""

SAME_WORDING = 0.5
"""What a page shares with one text is no second text when so much of it is in the other: reports on
one matter repeat each other's background. Of two texts that share nothing it is a tenth or so."""

WITNESSES = 8
"""At most so many members of a story are compared with, beside its leader."""


def _held_whole(edge: Edge) -> bool:
    return edge.kind != "excerpt" and edge.containment >= WHOLE_QUOTED


class Placement:
    """Groups of copies, as articles are placed one after another.

    `story_of` says where stored articles are. `likely` has, for each article to be placed, those
    it is worth comparing with. Unless `movable`, stored articles stay where they are.
    """

    def __init__(
        self,
        copies: Mapping[str, Copy],
        story_of: Mapping[str, str],
        likely: dict[str, set[str]],
        compared: Comparisons,
        publisher_of: Callable[[str], str],
        *,
        roundups: frozenset[str],
        movable: bool,
    ) -> None:
        self._copies = copies
        self._likely = likely
        self._compared = compared
        self._publisher_of = publisher_of
        self._movable = movable
        self.group_of: dict[str, str] = dict(story_of)
        self._members: dict[str, list[str]] = defaultdict(list)
        for name, group in story_of.items():
            self._members[group].append(name)
        self._leaders: dict[str, str] = {}
        self.roundups = set(roundups)

    def place(self, order: Sequence[str]) -> None:
        """Place these articles, in this order."""
        for name in order:
            self.roundups.update(self._found_roundups(name))
        if self._movable:
            for name in sorted(self.roundups & self.group_of.keys()):
                mates = [other for other in self._members[self.group_of[name]] if other != name]
                if mates:
                    self._likely.setdefault(name, set()).update(mates)  # links take their place
                    self._leave(name)
        for name in order:
            self._enter(name, self._choose(name) or name)
        for name in sorted(self.roundups - self.group_of.keys()):
            self._enter(name, name)

    def edges(self, name: str) -> Iterator[tuple[str, Edge]]:
        """The articles this one has to do with, and how."""
        for other in sorted(self._likely.get(name, ())):
            edge = self._compared.edge(self._copies[name], self._copies[other])
            if edge and edge.kind != "template":
                yield other, edge

    def _copy_edges(self, name: str) -> dict[str, Edge]:
        ruled = self._compared.ruled_with(name)
        apart = self.roundups if name not in self.roundups else self._copies
        return {
            other: edge
            for other, edge in self.edges(name)
            if edge.kind == "copy" and (other in ruled or other not in apart)
        }

    def _found_roundups(self, name: str) -> set[str]:
        """Which of this article and those it matches hold two different texts side by side."""
        found: set[str] = set()
        own: list[Edge] = []
        for other, edge in self.edges(name):
            if edge.larger == name:
                own.append(edge)
            elif edge.kind != "excerpt" and self._holds_another(other, edge):
                found.add(other)
        if any(self._apart(one, two) for one, two in combinations(own, 2)):
            found.add(name)
        return found

    def _holds_another(self, page: str, edge: Edge) -> bool:
        """Whether a page that holds a new text held another one already."""
        others = [*self._likely.get(page, ())]
        if page in self.group_of:
            others += self._members[self.group_of[page]][:WITNESSES]
        new = self._copies[edge.smaller]
        for other in dict.fromkeys(others):
            if other in (page, edge.smaller):
                continue
            if other in self._likely[edge.smaller] and self._compared.copies(
                new, self._copies[other]
            ):
                continue  # one text: the page need not be compared with it, which costs most
            held = self._compared.edge(self._copies[page], self._copies[other])
            if held and held.kind != "template" and held.larger == page and self._apart(held, edge):
                return True
        return False

    def _apart(self, one: Edge, two: Edge) -> bool:
        """Whether two texts lie apart on one page that is later than one of them, and are not
        copies of each other."""
        if one.smaller == two.smaller:
            return False
        less = min(one, two, key=lambda edge: edge.coverage)
        if max(one.coverage, two.coverage) >= NEARLY_ALL and not _held_whole(less):
            return False
        if not self._side_by_side(one, two):
            return False
        more = two if less is one else one
        page, part, other = (self._copies[n] for n in (one.larger, less.smaller, more.smaller))
        if self._compared.shared_with(page, part, other) >= SAME_WORDING:
            return False
        return not self._compared.copies(part, other)

    def _side_by_side(self, one: Edge, two: Edge) -> bool:
        """Whether two texts lie apart on one page that is later than one of them."""
        overlap = min(one.end, two.end) - max(one.start, two.start)
        if overlap >= DISJOINT * min(one.end - one.start, two.end - two.start):
            return False
        page = self._copies[one.larger]
        parts = [self._copies[one.smaller], self._copies[two.smaller]]
        return not all(publication_order(page) < publication_order(part) for part in parts)

    def _choose(self, name: str) -> str | None:
        """The group that this article belongs to."""
        edges = self._copy_edges(name)
        witnesses: dict[str, list[str]] = defaultdict(list)
        for other in edges:
            if other in self.group_of:
                witnesses[self.group_of[other]].append(other)
        accepted = {
            group: score
            for group, names in witnesses.items()
            if (score := self._belongs(name, group, names)) is not None
        }
        if not accepted:
            return None
        best = max(accepted, key=lambda group: (accepted[group], group))
        for group in sorted(accepted):
            if group != best and self._movable and self._one_story(name, best, group):
                self._merge(group, best)
        return best

    def _belongs(self, name: str, group: str, witnesses: Sequence[str]) -> float | None:
        """How much this article has in common with a group that holds these copies of it; None when
        it is no copy of its leader, nor of most of the rest."""
        members = self._members[group]
        different = self._compared.different
        if any(frozenset((name, other)) in different for other in members):
            return None
        copy = self._copies[name]
        if any(frozenset((name, other)) in self._compared.same for other in witnesses):
            return 2.0
        leader = self._leader(group)
        edge = self._compared.edge(copy, self._copies[leader])
        if edge and edge.kind == "template":
            return None
        if edge and edge.kind == "copy":
            return min(1.0, edge.containment) + edge.coverage
        ruled = self._compared.ruled_with(leader).intersection(members)
        if any(self._compared.copies(copy, self._copies[other]) for other in sorted(ruled)):
            return 1.0
        asked = members[:WITNESSES]
        if any(self._compared.in_conflict(copy, self._copies[other]) for other in asked):
            return None
        agree = [other for other in asked if self._compared.copies(copy, self._copies[other])]
        if 2 * len(agree) > len(asked):
            return len(agree) / len(asked)
        return None

    def _one_story(self, name: str, one: str, other: str) -> bool:
        """Whether an article that belongs to two groups shows that they are one."""
        leaders = self._copies[self._leader(one)], self._copies[self._leader(other)]
        different = self._compared.different
        if any(frozenset((a, b)) in different for a in self._members[one]
               for b in self._members[other]):  # fmt: skip
            return False
        if self._compared.copies(*leaders):
            return True
        held = [self._compared.edge(self._copies[name], leader) for leader in leaders]
        inside = [edge for edge in held if edge is not None and edge.larger == name]
        return len(inside) == 1 or (len(inside) == 2 and not self._side_by_side(*inside))

    def _leader(self, group: str) -> str:
        if group not in self._leaders:
            members = [self._copies[name] for name in self._members[group]]
            original = None
            if len(members) > 1:
                original = attribute(
                    members, lambda copy: self._compared.signals(copy, self._publisher_of)
                ).original
            chosen = original or max(members, key=lambda copy: (len(copy.body), copy.article_id))
            self._leaders[group] = chosen.article_id
        return self._leaders[group]

    def _enter(self, name: str, group: str) -> None:
        if name in self.group_of:
            return
        self.group_of[name] = group
        self._members[group].append(name)
        self._leaders.pop(group, None)

    def _leave(self, name: str) -> None:
        group = self.group_of.pop(name)
        self._members[group].remove(name)
        self._leaders.pop(group, None)

    def _merge(self, group: str, into: str) -> None:
        for name in list(self._members[group]):
            self._leave(name)
            self._enter(name, into)
