"""What one would write without a pipeline: every page of a WARC file through trafilatura.

    plain.py FILE

Prints how many pages gave a text. Runs in an environment of its own.
"""

import sys

import trafilatura
from fastwarc import ArchiveIterator, WarcRecordType


def main() -> None:
    found = 0
    with open(sys.argv[1], "rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            url = record.headers["WARC-Target-URI"]
            page = trafilatura.bare_extraction(record.reader.read(), url=url, with_metadata=True)
            found += page is not None
    print(found)


main()
