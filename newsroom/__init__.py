"""A newsroom of invented outlets for the demo and the tests: no network, no real news.

`compose` writes it from a seed; `NewsroomServer` serves its feeds and pages on loopback, as a proxy
for the outlets' own host names and under ``/<domain>/`` for a browser.
"""

from newsroom.compose import compose
from newsroom.outlets import Outlet
from newsroom.pieces import Newsroom, Piece
from newsroom.server import NewsroomServer, Request

__all__ = ["Newsroom", "NewsroomServer", "Outlet", "Piece", "Request", "compose"]
