"""Behind a caching proxy that keeps all it may: page, partial and source are never mixed up."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import random
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from .conftest import HTMX, Place

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"  # where no login shell looks
PATHS = ["/", "/?tag=flask", "/tags/flask", "/blog/hello", "/blog/hello.md", "/archive/"]
HEADERS: list[dict[str, str]] = [
    *({}, HTMX, HTMX | {"HX-Boosted": "true"}, HTMX | {"HX-History-Restore-Request": "true"}),
    *({"Accept": "text/markdown"}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip"}),
    HTMX | {"Accept-Encoding": "br"},
]
# It keeps what says that it must be asked for again, too: then nothing but Vary tells apart.
CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log stderr;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; fastcgi_temp_path {folder}/fastcgi;
  scgi_temp_path {folder}/scgi; uwsgi_temp_path {folder}/uwsgi;
  proxy_cache_path {folder}/cache keys_zone=pages:1m; proxy_temp_path {folder}/proxy;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{behind};
      proxy_cache pages; proxy_cache_valid 200 1h; proxy_ignore_headers Cache-Control;
      add_header Proxy $upstream_cache_status;
    }}
  }}
}}
"""


class Quiet(WSGIRequestHandler):
    """Serves without a log."""

    def log(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def behind(app: Flask, place: Place) -> Iterator[int]:
    """The port of a blog with some of everything."""
    place("")
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def proxy(behind: int, tmp_path: Path) -> Iterator[int]:
    """The port of nginx before it."""
    if not Path(NGINX).is_file():
        pytest.skip("nginx is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    configuration = tmp_path / "nginx.conf"
    text = CONFIGURATION.format(folder=tmp_path, port=port, behind=behind)
    configuration.write_text(text, encoding="utf-8")
    nginx = subprocess.Popen([NGINX, "-p", str(tmp_path), "-e", "stderr", "-c", configuration])
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                pytest.fail(f"nginx has ended with {nginx.wait(0.05)}")
        yield port
    finally:
        nginx.terminate()
        nginx.wait(10)


def test_a_proxy_never_mixes_up_page_and_partial(proxy: int, behind: int) -> None:
    asked = list(itertools.product(PATHS, HEADERS)) * 3
    random.Random(1).shuffle(asked)  # noqa: S311 - an order that is the same each time
    true = {
        (path, number): fetch(behind, path, headers)
        for path in PATHS
        for number, headers in enumerate(HEADERS)
    }

    kept = 0
    for path, headers in asked:
        answer = fetch(proxy, path, headers)
        kept += answer[2] == "HIT"
        assert answer[:2] == true[path, HEADERS.index(headers)][:2], (path, headers)

    assert kept >= len(asked) // 3  # else the proxy would have proven nothing


def fetch(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes, str | None]:
    """Fetch a page: its status, its bytes as they came, and whether a proxy had them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Host": "blog.example"} | headers)
        answer = connection.getresponse()
        body = answer.read()
    if answer.getheader("Content-Encoding") == "br":
        assert headers.get("Accept-Encoding") == "br" and brotli.decompress(body)
    return answer.status, body, answer.getheader("Proxy")
