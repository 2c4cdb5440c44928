"""What the jobs of a run need, imported (and, where a library builds its tables at its first use,
built) before worker processes are forked: half a second's work that is done once."""

import ingest.articles
import ingest.extraction.extract
import ingest.extraction.feed_text
import ingest.feeds.entries
import ingest.feeds.parse
import ingest.workers.jobs  # noqa: F401
from ingest.extraction.credit_patterns import PATTERNS
from ingest.extraction.credits import compiled
from ingest.publishers import publisher_of

publisher_of("https://www.example.org/", {})
for pattern in PATTERNS:
    compiled(pattern)
