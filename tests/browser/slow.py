"""A line to the blog on which some answers take their time."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

KEPT = (
    *("Content-Type", "Content-Encoding", "Location", "Vary", "Cache-Control"),
    "Content-Security-Policy",
)


class Line(ThreadingHTTPServer):
    """Hands requests on to *blog*; waits *delays* seconds where a word is in the address."""

    daemon_threads = True

    def __init__(self, blog: str, delays: Mapping[str, float]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.blog = urlsplit(blog).netloc
        self.delays = delays
        self.over = defaultdict[str, threading.Event](threading.Event)
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Line

    def do_GET(self) -> None:
        word = next((word for word in self.server.delays if word in self.path), "")
        time.sleep(self.server.delays.get(word, 0))
        with contextlib.closing(http.client.HTTPConnection(self.server.blog)) as connection:
            connection.request("GET", self.path, headers=dict(self.headers.items()))
            answer = connection.getresponse()
            body = answer.read()
        with contextlib.suppress(ConnectionError):  # nobody waits for it any more
            self.send_response(answer.status)
            for name in KEPT:
                if value := answer.headers[name]:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        self.server.over[word].set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def line(blog: str, **delays: float) -> Iterator[Line]:
    """Open a line to the blog at this address; *delays* are seconds, by words of addresses."""
    with Line(blog, delays) as opened:
        thread = threading.Thread(target=opened.serve_forever, daemon=True)
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()
