"""What reading feeds takes, imported before worker processes are forked."""

import ingest.feeds.entries
import ingest.workers.jobs  # noqa: F401
from ingest.feeds.parse import loaded_feedparser

loaded_feedparser()
