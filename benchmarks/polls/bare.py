"""The least that a poll can be: requests with ETag from 16 threads, tags kept in a file.

    bare.py FEEDS.txt TAGS.json PROXY

Runs in an environment of its own and imports nothing of this project.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

THREADS = 16


def main() -> None:
    feeds, kept, proxy = sys.argv[1:]
    tags = json.loads(Path(kept).read_text()) if Path(kept).exists() else {}
    local = threading.local()

    def poll(url: str) -> int:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.proxies = {"http": proxy, "https": proxy}
        headers = {"If-None-Match": tags[url]} if url in tags else {}
        answer = local.session.get(url, headers=headers, timeout=60)
        tags[url] = answer.headers.get("ETag")
        return int(answer.status_code)

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = list(pool.map(poll, Path(feeds).read_text().split()))
    Path(kept).write_text(json.dumps(tags))
    print(json.dumps({"unchanged": statuses.count(304)}))


main()
