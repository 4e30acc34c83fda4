"""One answer from memory, whatever is asked: what the server takes of a page from a cache."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from blogapp.cli import turns

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def make_app() -> WSGIApplication:
    """Make the application; the environment names the file of the page, and tells the headers.

    Its threads work as those of ``blogapp serve``.
    """
    turns.take_whole()
    body = gzip.compress(Path(os.environ["BENCH_PAGE"]).read_bytes())
    said, again = (json.loads(os.environ[name]) for name in ("BENCH_SAID", "BENCH_AGAIN"))
    sent = said | {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
    headers, headers_again = list(sent.items()), list(again.items())

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_IF_NONE_MATCH" in environ:
            start_response("304 NOT MODIFIED", headers_again)
            return []
        start_response("200 OK", headers)
        return [body]

    return answer
