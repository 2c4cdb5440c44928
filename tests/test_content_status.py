"""What kind of text a page gave."""

from __future__ import annotations

import pytest

from ingest.extraction.content_status import content_status

PROSE = tuple(
    f"The council decided on day {day} to keep the old ferry for another year, after protest."
    for day in range(30)
)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (PROSE, "full"),
        (PROSE[:2], "teaser"),
        ((), "empty"),
        (("Page not found",), "empty"),
        ((*PROSE[:4], "Subscribe to continue reading"), "paywall"),
        ((*PROSE[:4], "Jetzt abonnieren und weiterlesen mit dem Abo"), "paywall"),
        ((*PROSE[:4], "Cet article réservé aux abonnés. Déjà abonné ?"), "paywall"),
        ((*PROSE[:4], "Contenido exclusivo para suscriptores"), "paywall"),
        (("Checking your browser before accessing the site.", "Ray ID: 81"), "bot_wall"),
        (("Please verify you are a human",), "bot_wall"),
        (tuple(f"Headline number {number} of the day" for number in range(30)), "index"),
        ((*PROSE, "Readers already have a subscription"), "full"),
    ],
    ids=range(12),
)
def test_status(lines: tuple[str, ...], status: str) -> None:
    assert content_status(lines) == status


def test_the_pages_own_word_on_payment() -> None:
    assert content_status(PROSE[:4], free=False) == "paywall"
    assert content_status(PROSE, free=False) == "full"


def test_an_article_about_captchas_is_no_wall() -> None:
    assert content_status(("Each captcha costs a second, a study found.", *PROSE[:12])) == "full"
