"""What a backfill is asked for: spellings that mean the same, and mistakes, told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.backfill_request import requests_for
from ingest.backfill.periods import ALWAYS
from ingest.backfill.sitemaps import first_sitemap
from ingest.errors import ConfigurationError

MISTAKES: dict[str, tuple[str, dict[str, Any], str]] = {
    "no kind": ("example.org", {}, "use sitemap:URL"),
    "a site without its kind": ("https://a.example", {}, "mean sitemap:https://a.example?"),
    "a file without its kind": ("x/a.warc.gz", {}, "mean warc:x/a.warc.gz?"),
    "articles without their kind": ("a.parquet", {}, "mean articles:a.parquet?"),
    "nothing behind the kind": ("wayback:", {}, "use sitemap:URL"),
    "a page for a domain": ("wayback:https://a.example/news", {}, "is no host"),
    "a page for a host": ("warc:a", {"hosts": ["http://a.example/x"]}, "--host http://a.example/x"),
    "no host": ("warc:a", {"hosts": ["://"]}, "no host"),
    "a language's name": ("warc:a", {"languages": ["english"]}, "as in en or de"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    source, filters, says = MISTAKES[name]
    with pytest.raises(ConfigurationError) as raised:
        requests_for([source], ALWAYS, **filters)
    assert says in raised.value.message


@pytest.mark.parametrize(
    ("source", "says"),
    [("ftp://a.example", "http or https"), ("https://name:secret@a.example/s.xml", "password")],
)
def test_sitemaps_that_are_refused(source: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as raised:
        first_sitemap(source)
    assert "secret" not in raised.value.message


def test_spellings_that_are_one_backfill(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    spelled = requests_for(
        ["warc:a.warc.gz", "warc:~/a.warc.gz", f"warc:{tmp_path}/a.warc.gz"],
        ALWAYS,
        ["WWW.Bücher.example", "http://xn--bcher-kva.example/"],
        ["DE", "de "],
    )
    [request] = spelled
    assert request.source == f"warc:{tmp_path}/a.warc.gz"
    assert request.spec().filters == '{"hosts": ["xn--bcher-kva.example"], "languages": ["de"]}'
    [wayback] = requests_for(["wayback:https://WWW.a.example/"], ALWAYS)
    assert wayback.source == "wayback:a.example"
