"""The SAX driver that feedparser is given: expat, handing over text in large pieces.

Python's own driver reports every line and every entity by itself, which for escaped HTML is a call
of feedparser's Python code every few characters; this takes half the time of parsing. The name and
the one function are the interface that `xml.sax.make_parser` asks of a driver module.
"""

from __future__ import annotations

from xml.sax.expatreader import ExpatParser

_BUFFER = 1 << 18


class _BufferedExpatParser(ExpatParser):
    def reset(self) -> None:
        super().reset()
        self._parser.buffer_size = _BUFFER  # type: ignore[attr-defined]
        self._parser.buffer_text = True  # type: ignore[attr-defined]


def create_parser() -> ExpatParser:
    return _BufferedExpatParser()
