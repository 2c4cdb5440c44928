"""The SAX driver that feedparser is given: expat, handing over text in large pieces.

Python's own driver reports every line and every entity by itself, which for escaped HTML is a call
of feedparser's Python code every few characters; this takes half the time of parsing. The name and
the one function are the interface that `xml.sax.make_parser` asks of a driver module.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat
from xml.sax import SAXParseException
from xml.sax.expatreader import ExpatParser

_BUFFER = 1 << 18


_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


class _BufferedExpatParser(ExpatParser):
    def reset(self) -> None:
        super().reset()
        self._parser.buffer_size = _BUFFER  # type: ignore[attr-defined]
        self._parser.buffer_text = True  # type: ignore[attr-defined]

    def feed(self, data: str | Any, isFinal: bool = False) -> None:  # noqa: N803 - its name there
        # feedparser takes any SAX error for bad XML, and would begin again with its other parser.
        try:
            super().feed(data, isFinal)
        except SAXParseException as error:
            if getattr(error.getException(), "code", None) == _NO_MEMORY:
                raise MemoryError from error
            raise


def create_parser() -> ExpatParser:
    return _BufferedExpatParser()
