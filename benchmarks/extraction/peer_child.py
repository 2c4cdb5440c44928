"""Another extractor, in an environment that has it: reads pages from its input, a JSON object a
line, and writes what it found. Imports nothing of the project.

    python peer_child.py newspaper4k|readability-lxml|resiliparse SECONDS

A page that takes more than SECONDS of processor time ends the process.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

Extractor = Callable[[str, str], dict[str, Any]]


def newspaper4k() -> Extractor:
    newspaper = import_module("newspaper")

    def extract(html: str, url: str) -> dict[str, Any]:
        article = newspaper.Article(url, fetch_images=False)
        article.download(input_html=html)
        article.parse()
        day = article.publish_date.date().isoformat() if article.publish_date else None
        return {
            "body": article.text, "title": article.title, "authors": article.authors,
            "published": day,
        }  # fmt: skip

    return extract


def readability() -> Extractor:
    document = import_module("readability").Document
    parse = import_module("lxml.html").fromstring

    def extract(html: str, url: str) -> dict[str, Any]:
        page = document(html)
        text = "\n".join(parse(page.summary()).itertext())
        return {"body": text, "title": page.short_title()}

    return extract


def resiliparse() -> Extractor:
    extraction = import_module("resiliparse.extract.html2text")

    def extract(html: str, url: str) -> dict[str, Any]:
        text = extraction.extract_plain_text(html, main_content=True, alt_texts=False, links=False)
        return {"body": text}

    return extract


EXTRACTORS = {
    "newspaper4k": newspaper4k, "readability-lxml": readability, "resiliparse": resiliparse,
}  # fmt: skip


def main(name: str, seconds: float) -> None:
    logging.disable(logging.CRITICAL)
    extract = EXTRACTORS[name]()
    print("{}", flush=True)
    for line in sys.stdin:
        page = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, seconds)  # whose signal nobody catches
        started = time.process_time()
        try:
            found = extract(page["html"], page["url"])
        except Exception:  # noqa: BLE001 - whatever it stumbles over, it has found nothing
            found = {}
        found["spent"] = time.process_time() - started
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
