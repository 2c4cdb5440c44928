"""The same loop with newspaper4k.

    newspaper_loop.py FEEDS.txt DATABASE PROXY

Runs in an environment of its own and imports nothing of this project.
"""

import signal
import sys
from pathlib import Path

import duckdb
import feedparser
import newspaper
import requests

PAGE_SECONDS = 5.0
"""Of CPU: a page on which it computes for longer is given up, or the benchmark would not end."""

FIELDS = "url VARCHAR, title VARCHAR, authors VARCHAR, published VARCHAR, body VARCHAR"


def give_up(*_: object) -> None:
    raise TimeoutError("the page takes too long")


def main() -> None:
    signal.signal(signal.SIGPROF, give_up)
    feeds, database, proxy = sys.argv[1:]
    session = requests.Session()
    session.proxies = {"http": proxy, "https": proxy}
    connection = duckdb.connect(database)
    connection.execute(f"CREATE TABLE articles ({FIELDS})")
    for feed in Path(feeds).read_text().split():
        for entry in feedparser.parse(session.get(feed, timeout=60).content).entries:
            url = entry.get("link")
            # Its own download knows no proxy per call; requests is what it uses inside, too.
            html = session.get(url, timeout=60).text
            signal.setitimer(signal.ITIMER_PROF, PAGE_SECONDS)
            try:
                # Images would be fetched from the real servers; nobody else fetches any.
                article = newspaper.Article(url, fetch_images=False)
                article.download(input_html=html)
                article.parse()
            except Exception as error:  # noqa: BLE001 - such as a tokenizer that is not there
                print(url, error, file=sys.stderr)
                continue
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            row = [
                url,
                article.title,
                ", ".join(article.authors),
                str(article.publish_date or "") or None,
                article.text,
            ]
            connection.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", row)
    connection.close()


main()
