"""The recurring market report: the same words every day around other numbers.

Two of these are different articles, however alike they look; they are here so that a matcher which
joins them is found out.
"""

from __future__ import annotations

import random
from datetime import datetime

SERIES = "meridian-market-close"

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def market_report(rng: random.Random, day: datetime) -> tuple[str, tuple[str, ...]]:
    """Title and paragraphs of that day's report."""

    def figure(low: float, high: float) -> str:
        return f"{rng.uniform(low, high):,.1f}"

    def move() -> str:
        return rng.choice(("rose", "fell", "eased", "edged up", "slipped", "climbed"))

    date = f"{day.day} {_MONTHS[day.month - 1]}"
    index = figure(3100, 4900)
    title = f"Meridian close: index at {index} on {date}"
    paragraphs = (
        f"The Meridian index {move()} {figure(0.1, 3)} per cent on {date} to close at {index} "
        f"points, after {figure(20, 90)} million shares had changed hands.",
        f"Among the larger names, Bittern Holdings {move()} {figure(0.1, 6)} per cent to "
        f"{figure(20, 99)} crowns and Foxglove Brothers {move()} {figure(0.1, 6)} per cent to "
        f"{figure(20, 99)} crowns. Granby & Venn {move()} {figure(0.1, 6)} per cent.",
        f"On the commodity exchange, herring {move()} to {figure(110, 390)} crowns a crate, "
        f"barley {move()} to {figure(40, 95)} crowns a sack and peat {move()} to "
        f"{figure(12, 48)} crowns a tonne. Copper stood at {figure(700, 990)} crowns.",
        f"The crown bought {figure(0.3, 0.9)} thalers in late trading. Ten-year bonds yielded "
        f"{figure(1, 5)} per cent, two-year bonds {figure(1, 5)} per cent. Trading resumes at nine "
        "in the morning. This report is compiled from figures supplied by the exchange.",
    )
    return title, paragraphs
