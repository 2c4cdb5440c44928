"""What polling policies cost and bring, on a seeded mix of feeds.

    python -m benchmarks.polling [--feeds 5000] [--days 30] [--seed 1] [--seeds 3]
        [--without CLASS] [--write]

Prints a table; with --write, `docs/polling.md` gets the tables and `docs/polling.svg` the plot,
which needs the `bench` extra.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.polling.feeds_mix import CLASSES, SimulatedFeed, feeds_mix
from benchmarks.polling.policies import POLICIES, ours
from benchmarks.polling.simulate import Tally, simulate
from ingest.polling.policy import REQUESTS_PER_ENTRY, Aims

DOCS = Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
AIMS = (
    Aims(16, 0),
    Aims(4, 0),
    Aims(2, 0),
    Aims(1, 0),
    Aims(0.5, 0),
    Aims(0.5, 5),
    Aims(0.5, 12),
    Aims(0.5, 30),
    Aims(0.5, 80),
    Aims(0.5, 120),
)
"""From frugal to eager: the curve of what more and fewer requests bring."""

SAMPLE = 1000
"""Feeds for further seeds, and for the plot."""

HELD_OUT = 101
"""Further seeds start here. No constant of the policy was chosen by them."""

Results = dict[str, dict[str, Tally]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=0, help="further seeds, with 1,000 feeds each")
    parser.add_argument("--without", action="append", default=[], choices=list(CLASSES))
    parser.add_argument("--write", action="store_true", help="write docs/polling.md and .svg")
    args = parser.parse_args()
    runs: dict[int, Results] = {}
    for seed in [args.seed, *range(HELD_OUT, HELD_OUT + args.seeds)]:
        count = args.feeds if seed == args.seed else min(args.feeds, SAMPLE)
        feeds = feeds_mix(count, args.days, seed)
        feeds = [feed for feed in feeds if feed.kind not in args.without]
        runs[seed] = {name: simulate(feeds, POLICIES[name], args.days) for name in POLICIES}
        print(f"\nseed {seed}: {len(feeds)} feeds, {args.days} days\n")
        print(totals_table(runs[seed]), flush=True)
    first = runs[args.seed]
    print("\n" + classes_table(first))
    if args.write:
        feeds = feeds_mix(min(args.feeds, SAMPLE), args.days, args.seed)
        write_docs(runs, first, feeds, args.days)


def totals_table(results: Results) -> str:
    """Markdown: one row per policy over all feeds."""
    lines = [
        "| policy | requests | requests per new entry | median delay | p95 delay | entries lost |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, tallies in results.items():
        every = tallies["all"]
        lines.append(
            f"| {name} | {every.requests:,} | {every.requests_per_entry:.2f} "
            f"| {every.delay(50):.1f} min | {every.delay(95):.1f} min | {every.lost:,} |"
        )
    return "\n".join(lines)


def classes_table(results: Results) -> str:
    """Markdown: one row per class of feeds; requests per new entry / p95 minutes / lost."""
    names = list(results)
    lines = [
        "| class | feeds | entries | " + " | ".join(names) + " |",
        "| --- | ---: | ---: |" + " ---: |" * len(names),
    ]
    for kind in CLASSES:
        if kind not in results[names[0]]:
            continue
        tally = results[names[0]][kind]
        cells = [_cell(results[name][kind]) for name in names]
        lines.append(
            f"| {kind} | {tally.feeds} | {tally.published:,} | " + " | ".join(cells) + " |"
        )
    return "\n".join(lines)


def _cell(tally: Tally) -> str:
    if not tally.found:
        return f"{tally.requests:,} requests / none / {tally.lost:,}"
    return f"{tally.requests_per_entry:.1f} / {tally.delay(95):.0f} / {tally.lost:,}"


def spread_table(runs: dict[int, Results]) -> str:
    """Markdown: lowest to highest figure over the seeds."""
    lines = [
        "| policy | requests per new entry | p95 delay, minutes | entries lost |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name in POLICIES:
        every = [results[name]["all"] for results in runs.values()]
        requests = sorted(tally.requests_per_entry for tally in every)
        delays = sorted(tally.delay(95) for tally in every)
        lost = sorted(tally.lost for tally in every)
        lines.append(
            f"| {name} | {requests[0]:.2f} to {requests[-1]:.2f} "
            f"| {delays[0]:.1f} to {delays[-1]:.1f} | {lost[0]:,} to {lost[-1]:,} |"
        )
    return "\n".join(lines)


def write_docs(
    runs: dict[int, Results], first: Results, feeds: list[SimulatedFeed], days: int
) -> None:
    """Put the tables into docs/polling.md, between the marks, and draw docs/polling.svg."""
    page = DOCS / "polling.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    parts = [totals_table(first)]
    if len(runs) > 1:
        others = {seed: runs[seed] for seed in list(runs)[1:]}
        seeds = f"{min(others)} to {max(others)}"
        parts.append(
            f"With {SAMPLE:,} feeds and the seeds {seeds}, by which no constant was chosen, "
            f"lowest to highest:\n\n{spread_table(others)}"
        )
    parts.append(
        "By class of feed (requests per new entry / p95 delay in minutes / entries lost):\n\n"
        + classes_table(first)
    )
    tables = "\n\n".join(parts)
    page.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}", encoding="utf-8")
    draw(feeds, days)


def draw(feeds: list[SimulatedFeed], days: int) -> None:
    """Plot requests per new entry against p95 delay: policies as points, other aims as a curve."""
    import altair

    points = [
        _point(name, simulate(feeds, policy, days)["all"]) for name, policy in POLICIES.items()
    ]
    curve = [
        {
            **_point(_name(aims), simulate(feeds, ours(aims, floors=False), days)["all"]),
            "order": order,
        }
        for order, aims in enumerate(AIMS)
    ]
    x = altair.X("requests:Q", scale=altair.Scale(type="log"), title="requests per new entry")
    y = altair.Y("delay:Q", scale=altair.Scale(type="log"), title="p95 delay, minutes")
    at = altair.Chart(altair.InlineData(values=points)).encode(x=x, y=y)
    label = altair.Text("name:N")
    along = altair.Chart(altair.InlineData(values=curve)).encode(x=x, y=y)
    chart = altair.layer(
        along.mark_line(point=True, color="#9aa", strokeDash=[4, 3]).encode(order="order:O"),
        along.mark_text(align="right", dx=-7, color="#788").encode(text=label),
        at.mark_circle(size=90, color="#1f5fa8"),
        at.mark_text(align="left", dx=4, dy=-9).encode(text=label),
    ).properties(
        width=560,
        height=340,
        title="Polling policies; dashed: ours, frugal to eager (updates per poll / requests worth)",
    )
    chart.save(str(DOCS / "polling.svg"))


def _name(aims: Aims) -> str:
    if aims.requests_per_entry >= REQUESTS_PER_ENTRY:
        return ""  # These lie beside the policies' own points.
    return f"{aims.updates_per_poll:g}/{aims.requests_per_entry:g}"


def _point(name: str, tally: Tally) -> dict[str, object]:
    return {"name": name, "requests": tally.requests_per_entry, "delay": tally.delay(95)}


if __name__ == "__main__":
    main()
