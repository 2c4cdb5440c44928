"""lemon24/reader with 16 workers: FEEDS.txt DATABASE PROXY.

Runs in an environment of its own and imports nothing of this project.
"""

import os
import sys
from pathlib import Path

feeds, database, proxy = sys.argv[1:]
os.environ["http_proxy"] = proxy

from reader import make_reader  # noqa: E402

reader = make_reader(database)
if not reader.get_feed_counts().total:
    for url in Path(feeds).read_text().split():
        reader.add_feed(url)
reader.update_feeds(workers=16, scheduled=False)  # all feeds, due or not
