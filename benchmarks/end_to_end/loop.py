"""The loop that one writes first: feedparser, requests, trafilatura with metadata, an INSERT.

    loop.py FEEDS.txt DATABASE PROXY [THREADS]

Runs in an environment of its own and imports nothing of this project.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import feedparser
import requests
import trafilatura
from trafilatura.settings import Document

FIELDS = "url VARCHAR, title VARCHAR, authors VARCHAR, published VARCHAR, body VARCHAR"


def main() -> None:
    feeds, database, proxy, *threads = sys.argv[1:]
    proxies = {"http": proxy, "https": proxy}
    connection = duckdb.connect(database)
    connection.execute(f"CREATE TABLE articles ({FIELDS})")
    lock = threading.Lock()
    local = threading.local()

    def get(url: str) -> bytes:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.proxies = proxies
        answer = local.session.get(url, timeout=60)
        answer.raise_for_status()
        return bytes(answer.content)

    def entries(url: str) -> list[tuple[str, str]]:
        return [
            (entry.get("link"), entry.get("title")) for entry in feedparser.parse(get(url)).entries
        ]

    def article(entry: tuple[str, str]) -> None:
        url, title = entry
        found = trafilatura.bare_extraction(get(url), url=url, with_metadata=True)
        if not isinstance(found, Document):
            return
        row = [url, found.title or title, found.author, found.date, found.text]
        with lock:
            connection.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", row)

    urls = Path(feeds).read_text().split()
    if threads:
        with ThreadPoolExecutor(int(threads[0])) as pool:
            listed = [entry for found in pool.map(entries, urls) for entry in found]
            list(pool.map(article, listed))
    else:
        for url in urls:
            for entry in entries(url):
                article(entry)
    connection.close()


main()
